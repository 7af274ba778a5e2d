import { type Template, templateFrom } from '../domain/template.ts';
import type { Network } from '../engine/engine.ts';
import { mirroredChip } from './chip.ts';
import { type EmbedderSpec, firstDimensionsOf, type SecondSpec } from './embedder-manifest.ts';
import { feed, shapeOf } from './feed.ts';
import { type Affine, type Picture, type Planes, planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** The networks of an embedder. */
export interface EmbedderNetworks {
  readonly first: Network;
  /** For the embedder's `second`. */
  readonly second?: Network | undefined;
}

/** What an embedder makes of one face. */
export interface Embedded {
  /** In the embedder's own space; `null` after a glimpse. */
  readonly template: Template | null;
  /** What one look of the first net alone gives, in a space of its own; `null` where the embedder has none. */
  readonly glimpse: Template | null;
}

/** A chip, cut out of a picture at `place`, and what to make of it. */
export interface Cut {
  readonly picture: Picture;
  readonly place: Affine;
  readonly chip: Planes;
}

/** One way to turn chips into templates. */
export interface Embedding {
  /** So many of the chip's outermost pixels are not looked at. */
  readonly marginPx: number;
  embed(cut: Cut): Promise<Embedded>;
}

/** Both ways. */
export interface Embedder {
  /** Everything the embedder has: enrolments and verdicts rest on it. */
  readonly full: Embedding;
  /** The least that can be compared: for frames that only tell whether a full look is worth its price. */
  readonly glimpse: Embedding;
}

/**
 * The embedder. With `spec.mirror` the mean of the first net's embeddings of the chip and of its mirror image: a face is
 * nearly symmetric, the network's errors are not. The second net looks at the same chip. Without `spec.glimpse` every
 * look is a full one.
 */
export function embedderOver({ first, second }: EmbedderNetworks, spec: EmbedderSpec): Embedder {
  const { widthPx, heightPx } = spec.input;
  const size = 3 * widthPx * heightPx;
  const input = new Float32Array(size * (spec.mirror ? 2 : 1));
  const straight = input.subarray(0, size);
  const reflection = planes(widthPx, heightPx);
  const run = async (network: Network, data: Float32Array, output: SecondSpec['output']) => {
    const dims = shapeOf(spec.input, data.length / size);
    return outputOf(await network.run({ [spec.input.name]: { dims, data } }), output.name).data;
  };
  const glimpseOf = (embedding: Float32Array) =>
    spec.glimpse ? templateFrom(spec.glimpse.id, embedding.subarray(0, firstDimensionsOf(spec))) : null;

  async function full({ picture, place, chip }: Cut): Promise<Embedded> {
    feed(chip, spec.input, straight);
    if (spec.mirror) {
      warp(picture, mirroredChip(place, spec.alignment), reflection);
      feed(reflection, spec.input, input.subarray(size));
    }
    const oneByOne = spec.mirror && spec.input.batch !== undefined;
    const looks = oneByOne
      ? [await run(first, input.slice(0, size), spec.output), await run(first, input.slice(size), spec.output)]
      : [await run(first, input, spec.output)];
    const parts = [lengthened(meanDirection(looks, firstDimensionsOf(spec)), 1)];
    if (spec.second && second)
      parts.push(lengthened(await run(second, straight, spec.second.output), spec.second.weight));
    const template = templateFrom(spec.id, parts.flat());
    return { template, glimpse: glimpseOf(looks[0]!) };
  }

  async function glimpse({ chip }: Cut): Promise<Embedded> {
    feed(chip, spec.input, straight);
    return { template: null, glimpse: glimpseOf(await run(first, straight, spec.output)) };
  }

  const whole = { marginPx: 0, embed: full };
  return { full: whole, glimpse: spec.glimpse ? { marginPx: spec.glimpse.marginPx, embed: glimpse } : whole };
}

function lengthened(vector: Float32Array, length: number): number[] {
  const by = length / Math.hypot(...vector);
  return Array.from(vector, (value) => value * by);
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
