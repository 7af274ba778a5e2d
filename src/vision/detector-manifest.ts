import { z } from 'zod';
import { inputSchema, networkSchema, plainInputSchema, px, share } from './network-manifest.ts';

const sizes = {
  multipleOfPx: px,
  /** Whether the network takes any size, or `widthPx` by `heightPx` only. */
  dynamic: z.boolean(),
};

/** Outputs are named `scores_16`, `boxes_16` and so on for every grid. `widthPx` is the long side for a full search. */
const blazeFace = networkSchema.extend({
  decoder: z.literal('blazeface'),
  input: plainInputSchema.extend({
    ...sizes,
    dynamic: z.literal(true),
    /** Long side at which faces near the camera are found for a third of the work. */
    nearPx: px,
    /** Side of the square in which a face is found again where it was. */
    followPx: px,
  }),
  output: z.object({ grids: z.array(z.object({ stridePx: px, anchors: px })).min(1) }),
  scoreThreshold: z.number().gt(0).lt(1),
  iouThreshold: share,
});

/** Outputs are named `cls_8`, `obj_8`, `bbox_8` and so on for every stride. */
const yunet = networkSchema.extend({
  decoder: z.literal('yunet'),
  /** Always fed the whole square, so a description of anything else would be answered with boxes in wrong places. */
  input: inputSchema
    .extend({ ...sizes, dynamic: z.literal(false) })
    .refine(({ widthPx, heightPx }) => widthPx === heightPx, 'has to be as high as it is wide'),
  output: z.object({ stridesPx: z.array(px).min(1) }),
  scoreThreshold: share,
  iouThreshold: share,
});

/** Detectors, by how their output is read. */
export const detectorSchema = z.discriminatedUnion('decoder', [blazeFace, yunet]);

export type DetectorSpec = z.infer<typeof detectorSchema>;
export type BlazeFaceSpec = z.infer<typeof blazeFace>;
export type YunetSpec = z.infer<typeof yunet>;
export type DetectorInput = DetectorSpec['input'];
