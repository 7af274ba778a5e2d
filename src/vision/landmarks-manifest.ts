import { z } from 'zod';
import { networkSchema, plainInputSchema } from './network-manifest.ts';

/** A landmark network, by how its output is read. */
export const landmarksSchema = networkSchema.extend({
  decoder: z.literal('points-68'),
  input: plainInputSchema,
  output: z.object({ name: z.string().min(1), points: z.literal(68), unit: z.literal('share-of-square-side') }),
});

export type LandmarksSpec = z.infer<typeof landmarksSchema>;
