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

const outputSchema = z.object({ name: z.string().min(1), normalised: z.boolean() });

/** A net beside the first, fed with the same chip: the numbers of a template are the first's and then its own. */
const secondSchema = networkSchema.extend({
  dimensions: z.number().int().positive(),
  /** The length of its part of a template, where the first's is 1. */
  weight: z.number().positive(),
  output: outputSchema,
});

export const embedderSchema = networkSchema
  .extend({
    /** Of a template. */
    dimensions: z.number().int().positive(),
    metric: z.literal('cosine'),
    alignment: alignmentSchema,
    /** Average the embeddings of the chip and of its mirror image: less noise for twice the work. The first net only. */
    mirror: z.boolean().default(false),
    input: inputSchema.extend({
      /** How many pictures the network takes at once, where that is fixed. */
      batch: z.literal(1).optional(),
    }),
    output: outputSchema,
    second: secondSchema.optional(),
    /**
     * The first net alone, once, without the mirror, is good enough for most frames of a camera. Its templates have a
     * space of their own, and this is its name: they meet the part of others that the first net made.
     */
    glimpse: z
      .object({
        id: z.string().min(1),
        /** The outermost pixels of the chip that the first net does not look at. */
        marginPx: z.number().int().min(0).default(0),
      })
      .optional(),
  })
  .refine(({ dimensions, second }) => second === undefined || second.dimensions < dimensions, {
    path: ['second', 'dimensions'],
    message: 'leaves nothing for the first net',
  })
  .refine(({ id, glimpse }) => glimpse?.id !== id, {
    path: ['glimpse', 'id'],
    message: 'has to be another than that of whole templates, which it never meets',
  });

export type EmbedderSpec = z.infer<typeof embedderSchema>;
export type SecondSpec = z.infer<typeof secondSchema>;
export type DlibAlignment = z.infer<typeof dlibAlignment>;
export type AlignmentSpec = z.infer<typeof alignmentSchema>;

/** How many numbers of a template are the first net's. */
export function firstDimensionsOf({ dimensions, second }: Pick<EmbedderSpec, 'dimensions' | 'second'>): number {
  return dimensions - (second?.dimensions ?? 0);
}
