import type { Face, Point } from '../domain/face.ts';
import { middle } from './landmarks.ts';
import { type Picture, planes, warp } from './pixels.ts';

const widePx = 24;
const highPx = 16;
const size = widePx * highPx;
/** A patch is this much wider than the eye (or as wide as an eye, on the nose). */
const margin = 1.25;
const view = planes(widePx, highPx);

/** Patches of one face in one picture: brightness with the mean taken out and of unit length, so that light does not matter. */
export interface EyePatches {
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Between and below the eyes: it stays when somebody blinks. */
  readonly nose: Float32Array;
}

/** Cut the eyes and the nose out of a picture; `null` without the 68 points. */
export function eyePatches(picture: Picture, { contour }: Pick<Face, 'contour'>): EyePatches | null {
  if (contour?.length !== 68) return null;
  const left = contour.slice(36, 42);
  const right = contour.slice(42, 48);
  const eye = distance(left[0] as Point, left[3] as Point);
  return {
    left: patch(picture, { from: left[0] as Point, to: left[3] as Point, centre: middle(left) }, eye),
    right: patch(picture, { from: right[0] as Point, to: right[3] as Point, centre: middle(right) }, eye),
    nose: patch(picture, { from: left[0] as Point, to: right[3] as Point, centre: contour[29] as Point }, eye),
  };
}

/** An upright line through a face, and where to look on it. */
interface Across {
  readonly from: Point;
  readonly to: Point;
  readonly centre: Point;
}

function patch(picture: Picture, { from, to, centre }: Across, eyePx: number): Float32Array {
  const length = distance(from, to);
  const scale = (margin * eyePx) / widePx;
  const xx = ((to.x - from.x) / length) * scale;
  const yx = ((to.y - from.y) / length) * scale;
  warp(
    picture,
    {
      xx,
      xy: -yx,
      x0: centre.x - (xx * widePx) / 2 + (yx * highPx) / 2,
      yx,
      yy: xx,
      y0: centre.y - (yx * widePx) / 2 - (xx * highPx) / 2,
    },
    view,
  );
  const grey = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    grey[i] = 0.299 * view.data[i]! + 0.587 * view.data[i + size]! + 0.114 * view.data[i + 2 * size]!;
  }
  return unit(grey);
}

function unit(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    values[i]! -= sum / values.length;
    squares += values[i]! ** 2;
  }
  // A patch of one colour has nothing to compare.
  const by = squares > 1 ? 1 / Math.sqrt(squares) : 0;
  for (let i = 0; i < values.length; i++) values[i]! *= by;
  return values;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** How far landmarks may be off, in pixels of the patch. */
const slackX = 1;
const slackY = 2;

/** The best correlation of two patches over small shifts, −1 to 1. */
export function alike(a: Float32Array, b: Float32Array): number {
  let best = -1;
  for (let dy = -slackY; dy <= slackY; dy++) {
    for (let dx = -slackX; dx <= slackX; dx++) best = Math.max(best, correlation(a, b, { dx, dy }));
  }
  return best;
}

function correlation(a: Float32Array, b: Float32Array, { dx, dy }: { dx: number; dy: number }): number {
  let [sumA, sumB, squaresA, squaresB, both, count] = [0, 0, 0, 0, 0, 0];
  for (let y = slackY; y < highPx - slackY; y++) {
    for (let x = slackX; x < widePx - slackX; x++) {
      const p = a[y * widePx + x]!;
      const q = b[(y + dy) * widePx + x + dx]!;
      sumA += p;
      sumB += q;
      squaresA += p * p;
      squaresB += q * q;
      both += p * q;
      count += 1;
    }
  }
  const covariance = both - (sumA * sumB) / count;
  const spread = Math.sqrt((squaresA - sumA ** 2 / count) * (squaresB - sumB ** 2 / count));
  return spread > 0 ? covariance / spread : 0;
}

/** Before so many looks nobody knows what the open eyes of this face are like. */
const fewestLooks = 4;
/** How much a new look counts: people come closer, the light changes. */
const renewal = 0.2;
/** Up to here the eyes count as shut (`challenge.ts`), and must not become part of what open eyes look like. */
const leastAlike = 0.65;

/** What the open eyes of one face look like, learned from frame to frame; and how much they look like it now. */
export class OpenEyes {
  #left = new Float32Array(size);
  #right = new Float32Array(size);
  #nose = new Float32Array(size);
  #looks = 0;

  /** Compare, then learn. `null` before there is anything to compare with. */
  look({ left, right, nose }: EyePatches): { eyes: number; nose: number } | null {
    if (this.#looks < fewestLooks) {
      this.#learn({ left, right, nose }, 1 / (this.#looks + 1));
      return null;
    }
    const eyes = (alike(left, this.#left) + alike(right, this.#right)) / 2;
    const noseAlike = alike(nose, this.#nose);
    if (eyes > leastAlike) this.#learn({ left, right, nose }, renewal);
    return { eyes, nose: noseAlike };
  }

  #learn({ left, right, nose }: EyePatches, share: number): void {
    mix(this.#left, left, share);
    mix(this.#right, right, share);
    mix(this.#nose, nose, share);
    this.#looks += 1;
  }
}

function mix(into: Float32Array, from: Float32Array, share: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += share * (from[i]! - into[i]!);
}
