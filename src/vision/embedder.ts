import { type Template, templateFrom } from '../domain/template.ts';
import type { Network } from '../engine/engine.ts';
import { mirroredChip } from './chip.ts';
import type { EmbedderSpec } from './embedder-manifest.ts';
import { feed, shapeOf } from './feed.ts';
import { type Affine, type Picture, type Planes, planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** A chip, cut out of a picture, and the template of the face in it. */
export type Embed = (picture: Picture, place: Affine, chip: Planes) => Promise<Template>;

/**
 * The embedder. With `spec.mirror` the mean of the chip's and the mirrored chip's embedding: a face is nearly
 * symmetric, the network's errors are not.
 */
export function embedderOver(network: Network, spec: EmbedderSpec): Embed {
  const { widthPx, heightPx } = spec.input;
  const size = 3 * widthPx * heightPx;
  const input = new Float32Array(size * (spec.mirror ? 2 : 1));
  const reflection = planes(widthPx, heightPx);
  const run = async (data: Float32Array) => {
    const dims = shapeOf(spec.input, data.length / size);
    return outputOf(await network.run({ [spec.input.name]: { dims, data } }), spec.output.name).data;
  };
  return async (picture, place, chip) => {
    feed(chip, spec.input, input.subarray(0, size));
    if (spec.mirror) {
      warp(picture, mirroredChip(place, spec.alignment), reflection);
      feed(reflection, spec.input, input.subarray(size));
    }
    if (!spec.mirror || spec.input.batch === undefined) return templateOf([await run(input)]);
    return templateOf([await run(input.slice(0, size)), await run(input.slice(size))]);
  };

  function templateOf(embeddings: readonly Float32Array[]): Template {
    return templateFrom(spec.id, meanDirection(embeddings, spec.dimensions));
  }
}

/** The sum of the unit vectors of several embeddings, one or more after another in each of `results`. */
function meanDirection(results: readonly Float32Array[], dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const values of results) {
    for (let start = 0; start < values.length; start += dimensions) {
      const embedding = values.subarray(start, start + dimensions);
      const length = Math.hypot(...embedding);
      for (let i = 0; i < dimensions; i++) sum[i]! += (embedding[i] as number) / length;
    }
  }
  return sum;
}
