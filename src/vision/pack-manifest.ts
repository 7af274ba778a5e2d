import { z } from 'zod';
import type { Calibration } from '../domain/calibration.ts';
import { detectorSchema } from './detector-manifest.ts';
import { embedderSchema } from './embedder-manifest.ts';
import { landmarksSchema } from './landmarks-manifest.ts';
import { livenessSchema } from './liveness-manifest.ts';

export const calibrationSchema: z.ZodType<Calibration> = z.object({
  embedder: z.string(),
  impostorPairs: z.number().int().positive(),
  people: z.number().int().positive(),
  source: z.string(),
  quantiles: z
    .array(z.object({ fmr: z.number().gt(0).max(1), fmrUpper: z.number().gt(0).max(1), distance: z.number() }))
    .min(1),
});

/** What a pack may have networks for. A pack has one of these at least; others fill in what it has not. */
const rolesSchema = z.object({
  detector: detectorSchema.optional(),
  landmarks: landmarksSchema.optional(),
  embedder: embedderSchema.optional(),
  liveness: livenessSchema.optional(),
});

/** What `pack.json` says. Roles and kinds of decoders are known to the code, names of models are not. */
export const packManifestSchema = rolesSchema
  .extend({
    format: z.literal(1, 'this limen reads format 1 only'),
    name: z.string().min(1),
    title: z.string(),
    licence: z.string(),
    figures: z.record(z.string(), z.unknown()).default({}),
    /** What the embedder's templates of strangers look like; `null` where nobody has measured it. */
    calibration: calibrationSchema.nullable().default(null),
    /** What glimpses of strangers look like beside one another. */
    glimpseCalibration: calibrationSchema.nullable().default(null),
  })
  .refine((pack) => roles.some((role) => pack[role] !== undefined), 'a pack has a network for something')
  .refine(({ calibration, embedder }) => calibration === null || calibration.embedder === embedder?.id, {
    path: ['calibration', 'embedder'],
    message: 'the figures belong to another embedder',
  })
  .refine(
    ({ glimpseCalibration, embedder }) =>
      glimpseCalibration === null || glimpseCalibration.embedder === embedder?.glimpse?.id,
    { path: ['glimpseCalibration', 'embedder'], message: 'the figures belong to another glimpse' },
  );

/** What a network in a pack is for. */
export type Role = keyof z.infer<typeof rolesSchema>;

export const roles: readonly Role[] = ['detector', 'landmarks', 'embedder', 'liveness'];

export type PackManifest = z.infer<typeof packManifestSchema>;
