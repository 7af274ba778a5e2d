import { type Template, templateFrom } from '../domain/template.ts';
import type { Network } from '../engine/engine.ts';
import { mirrored } from './align.ts';
import type { EmbedderSpec } from './embedder-manifest.ts';
import { type Affine, type Picture, type Planes, planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** A chip, cut out of a picture, and the template of the face in it. */
export type Embed = (picture: Picture, place: Affine, chip: Planes) => Promise<Template>;

/**
 * The embedder. With `spec.mirror` the mean of the chip's and the mirrored chip's embedding: a face is nearly
 * symmetric, the network's errors are not.
 */
export function embedderOver(network: Network, spec: EmbedderSpec): Embed {
  const sidePx = spec.input.widthPx;
  const plane = 3 * sidePx * sidePx;
  const input = new Float32Array(plane * (spec.mirror ? 2 : 1));
  const reflection = planes(sidePx, sidePx, input.subarray(plane));
  return async (picture, place, chip) => {
    input.set(chip.data);
    if (spec.mirror) warp(picture, mirrored(place, spec.alignment), reflection);
    const dims = [input.length / plane, 3, sidePx, sidePx];
    const results = await network.run({ [spec.input.name]: { dims, data: input } });
    return templateFrom(spec.id, meanDirection(outputOf(results, spec.output.name).data, spec.dimensions));
  };
}

/** The sum of the unit vectors of several embeddings, one after another in `values`. */
function meanDirection(values: Float32Array, dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (let start = 0; start < values.length; start += dimensions) {
    const embedding = values.subarray(start, start + dimensions);
    const length = Math.hypot(...embedding);
    for (let i = 0; i < dimensions; i++) sum[i]! += (embedding[i] as number) / length;
  }
  return sum;
}
