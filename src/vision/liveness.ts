import type { Box, Face, Point } from '../domain/face.ts';
import type { Liveness } from '../domain/sighting.ts';
import type { Network } from '../engine/engine.ts';
import { feed, shapeOf } from './feed.ts';
import type { LivenessNetworkSpec, LivenessSpec } from './liveness-manifest.ts';
import { type Affine, type Picture, planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** How live a face looks in one picture. */
export type JudgeLiveness = (picture: Picture, face: Face) => Promise<Liveness>;

/** `network` of a pack, ready to run. */
export interface LivenessNetwork {
  readonly spec: LivenessNetworkSpec;
  readonly network: Network;
}

/**
 * Presentation attack detection by the networks of a pack. Within a group the probabilities of its networks are
 * averaged, class by class, and the score is live / (live + the likeliest other class): above 0.5 where live is the
 * likeliest, which is what networks with several classes of artefacts are trained for. Over the groups, the least.
 * An answer that is no number counts as 0: what cannot be read is not alive.
 *
 * @param networks one per network of `spec`, in its order
 */
export function livenessOver(networks: readonly Network[], spec: LivenessSpec): JudgeLiveness {
  const threshold = Math.max(...spec.groups.map((group) => group.threshold));
  let next = 0;
  const groups = spec.groups.map((group) => ({
    group,
    ask: group.networks.map((one) => opinionOf(networks[next++] as Network, one)),
  }));
  return async (picture, face) => {
    const parts: Record<string, number> = {};
    let score = 1;
    let live = true;
    for (const { group, ask } of groups) {
      const opinions: Opinion[] = [];
      for (const [i, one] of ask.entries()) {
        const opinion = await one(picture, face);
        opinions.push(opinion);
        parts[(group.networks[i] as LivenessNetworkSpec).id] = shareOfLife([opinion]);
      }
      const together = shareOfLife(opinions);
      score = Math.min(score, together);
      live &&= together >= group.threshold;
    }
    return { score, live, threshold, parts };
  };
}

/** Probabilities: of life, and of each kind of artefact. */
interface Opinion {
  readonly live: number;
  readonly others: readonly number[];
}

function shareOfLife(opinions: readonly Opinion[]): number {
  let live = 0;
  const others: number[] = [];
  for (const opinion of opinions) {
    live += opinion.live;
    for (const [i, other] of opinion.others.entries()) others[i] = (others[i] ?? 0) + other;
  }
  const score = live / (live + Math.max(...others));
  return Number.isFinite(score) ? score : 0;
}

function opinionOf(network: Network, spec: LivenessNetworkSpec): (picture: Picture, face: Face) => Promise<Opinion> {
  const { input, crop, output } = spec;
  const view = planes(input.widthPx, input.heightPx);
  const isPlain = input.layout === 'NCHW' && input.channels === 'RGB';
  const data = isPlain ? view.data : new Float32Array(view.data.length);
  const dims = shapeOf(input);
  return async (picture, face) => {
    // What tells a print or a screen is fine detail: one sample per pixel, as these networks were trained.
    warp(picture, placeCrop(face, picture), view, { most: 1 });
    feed(view, input, data);
    const results = await network.run({ [input.name]: { dims, data } });
    return probabilitiesOf(outputOf(results, output.name).data, output);
  };

  function placeCrop(face: Face, picture: Picture): Affine {
    const box = cropAround(wholeFace(face), picture, crop);
    return { xx: box.width / input.widthPx, xy: 0, x0: box.x, yx: 0, yy: box.height / input.heightPx, y0: box.y };
  }
}

/**
 * How the 68 points, which end at the brows and reach from ear to ear, relate to the box that detectors draw which
 * learned on WIDER FACE: the median over 300 pictures of LFW's calibration part, against YuNet.
 */
const forehead = 0.33;
const cheeks = 0.95;

/**
 * The face as the networks here were trained to be shown it, from chin to hairline. From the landmarks, not from the
 * detector's box: detectors frame a face each in their own way.
 */
export function wholeFace({ contour, box }: Pick<Face, 'contour' | 'box'>): Box {
  if (!contour || contour.length === 0) return box;
  const { x, y, width, height } = boundsOf(contour);
  return {
    x: x + (width * (1 - cheeks)) / 2,
    y: y - forehead * height,
    width: cheeks * width,
    height: (1 + forehead) * height,
  };
}

/** The smallest upright rectangle around some points. */
export function boundsOf(points: readonly Point[]): Box {
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function cropAround(face: Box, picture: Picture, { factor, shape, edge }: LivenessNetworkSpec['crop']): Box {
  const side = Math.max(face.width, face.height);
  const [wide, high] = shape === 'square' ? [side, side] : [face.width, face.height];
  const scale =
    edge === 'black' ? factor : Math.min(factor, (picture.widthPx - 1) / wide, (picture.heightPx - 1) / high);
  const [width, height] = [wide * scale, high * scale];
  const x = face.x + (face.width - width) / 2;
  const y = face.y + (face.height - height) / 2;
  if (edge === 'black') return { x, y, width, height };
  return {
    x: Math.min(Math.max(0, x), picture.widthPx - width),
    y: Math.min(Math.max(0, y), picture.heightPx - height),
    width,
    height,
  };
}

function probabilitiesOf(values: Float32Array, { kind, liveIndex }: LivenessNetworkSpec['output']): Opinion {
  const value = values[liveIndex] ?? Number.NaN;
  const others = [...values].filter((_, i) => i !== liveIndex);
  if (kind === 'softmax') {
    // Relative to the live class, so that large logits do not overflow into each other.
    const odds = others.map((other) => Math.exp(other - value));
    const sum = odds.reduce((total, one) => total + one, 1);
    return { live: 1 / sum, others: odds.map((one) => one / sum) };
  }
  const live = kind === 'sigmoid' ? 1 / (1 + Math.exp(-value)) : value;
  return { live, others: kind === 'probability' && others.length > 0 ? others : [1 - live] };
}
