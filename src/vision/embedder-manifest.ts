import { z } from 'zod';
import { inputSchema, networkSchema, px } from './network-manifest.ts';

/** dlib's chip: 28 of the 68 points. */
const dlibAlignment = z.object({
  template: z.literal('dlib-chip-68'),
  sizePx: px,
  paddingRatio: z.number().min(0).max(2),
});

/** How a face is turned upright and framed for the embedder: by which points, and where they come to lie. */
const alignmentSchema = z.discriminatedUnion('template', [
  dlibAlignment,
  /** ArcFace's: eye centres, nose tip and mouth corners. */
  z.object({ template: z.literal('arcface-5'), sizePx: px }),
]);

export const embedderSchema = networkSchema.extend({
  dimensions: z.number().int().positive(),
  metric: z.literal('cosine'),
  alignment: alignmentSchema,
  /** Average the embeddings of the chip and of its mirror image: less noise for twice the work. */
  mirror: z.boolean().default(false),
  input: inputSchema.extend({
    /** How many pictures the network takes at once, where that is fixed. */
    batch: z.literal(1).optional(),
  }),
  output: z.object({ name: z.string().min(1), normalised: z.boolean() }),
});

export type EmbedderSpec = z.infer<typeof embedderSchema>;
export type DlibAlignment = z.infer<typeof dlibAlignment>;
export type AlignmentSpec = z.infer<typeof alignmentSchema>;
