import { z } from 'zod';
import { inputSchema, networkSchema, plainInputSchema, px, share } from './network-manifest.ts';

const sizes = {
  multipleOfPx: px,
  dynamic: z.boolean(),
  /** Long sides to look at a picture with, where the network takes any size; without it, `widthPx` only. */
  passesPx: z.array(px).min(1).refine(isFalling, 'the largest first').optional(),
};

const tinyYolo2 = networkSchema.extend({
  decoder: z.literal('tiny-yolo2'),
  input: plainInputSchema.extend(sizes),
  output: z.object({
    name: z.string().min(1),
    anchors: z.array(z.tuple([z.number().positive(), z.number().positive()])).min(1),
    stridePx: px,
  }),
  scoreThreshold: share,
  iouThreshold: share,
});

/** Outputs are named `cls_8`, `obj_8`, `bbox_8`, `kps_8` and so on for every stride. */
const yunet = networkSchema.extend({
  decoder: z.literal('yunet'),
  input: inputSchema.extend(sizes),
  output: z.object({ stridesPx: z.array(px).min(1) }),
  scoreThreshold: share,
  iouThreshold: share,
});

/** Detectors, by how their output is read. */
export const detectorSchema = z.discriminatedUnion('decoder', [tinyYolo2, yunet]);

export type DetectorSpec = z.infer<typeof detectorSchema>;
export type TinyYolo2Spec = z.infer<typeof tinyYolo2>;
export type YunetSpec = z.infer<typeof yunet>;
export type DetectorInput = DetectorSpec['input'];

function isFalling(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value <= (values[i - 1] as number));
}
