import { z } from 'zod';
import type { Calibration } from '../domain/calibration.ts';

const px = z.number().int().positive();
const share = z.number().min(0).max(1);

/** One network file, whatever its role. */
const networkSchema = z.object({
  id: z.string().min(1),
  file: z.string().regex(/^[\w-][\w.-]*\.onnx$/, 'a file name ending in .onnx, without a folder'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
  bytes: z.number().int().positive(),
  precision: z.string(),
  origin: z.string(),
  licence: z.string(),
});

/** Every network takes RGB planes of 0..255: normalisation is folded into its first layer. */
const inputSchema = z.object({
  name: z.string().min(1),
  layout: z.literal('NCHW'),
  channels: z.literal('RGB'),
  range: z.tuple([z.literal(0), z.literal(255)]),
  widthPx: px,
  heightPx: px,
});

const detectorSchema = networkSchema.extend({
  decoder: z.literal('tiny-yolo2'),
  input: inputSchema.extend({
    multipleOfPx: px,
    dynamic: z.boolean(),
    /** Long sides to look at a picture with, where the network takes any size; without it, `widthPx` only. */
    passesPx: z.array(px).min(1).refine(isFalling, 'the largest first').optional(),
  }),
  output: z.object({
    name: z.string().min(1),
    anchors: z.array(z.tuple([z.number().positive(), z.number().positive()])).min(1),
    stridePx: px,
  }),
  scoreThreshold: share,
  iouThreshold: share,
});

const landmarksSchema = networkSchema.extend({
  decoder: z.literal('points-68'),
  input: inputSchema,
  output: z.object({ name: z.string().min(1), points: z.literal(68), unit: z.literal('share-of-square-side') }),
});

const embedderSchema = networkSchema.extend({
  dimensions: z.number().int().positive(),
  metric: z.literal('cosine'),
  alignment: z.object({ template: z.literal('dlib-chip-68'), sizePx: px, paddingRatio: z.number().min(0).max(2) }),
  /** Average the embeddings of the chip and of its mirror image: less noise for twice the work. */
  mirror: z.boolean().default(false),
  input: inputSchema,
  output: z.object({ name: z.string().min(1), normalised: z.boolean() }),
});

const calibrationSchema: z.ZodType<Calibration> = z.object({
  embedder: z.string(),
  impostorPairs: z.number().int().positive(),
  people: z.number().int().positive(),
  source: z.string(),
  quantiles: z
    .array(z.object({ fmr: z.number().gt(0).max(1), fmrUpper: z.number().gt(0).max(1), distance: z.number() }))
    .min(1),
});

function isFalling(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value <= (values[i - 1] as number));
}

/** What `pack.json` says. Roles and kinds of decoders are known to the code, names of models are not. */
export const packManifestSchema = z
  .object({
    format: z.literal(1, 'this limen reads format 1 only'),
    name: z.string().min(1),
    title: z.string(),
    licence: z.string(),
    detector: detectorSchema,
    landmarks: landmarksSchema,
    embedder: embedderSchema,
    /** No pack has one yet; a terminal that demands liveness then grants nobody. */
    liveness: networkSchema.optional(),
    figures: z.record(z.string(), z.unknown()).default({}),
    calibration: calibrationSchema.nullable(),
  })
  .refine(({ calibration, embedder }) => calibration === null || calibration.embedder === embedder.id, {
    path: ['calibration', 'embedder'],
    message: 'the figures belong to another embedder',
  });

export type PackManifest = z.infer<typeof packManifestSchema>;
export type DetectorSpec = PackManifest['detector'];
export type LandmarksSpec = PackManifest['landmarks'];
export type EmbedderSpec = PackManifest['embedder'];
