import type { Point } from '../domain/face.ts';
import type { DlibAlignment } from './embedder-manifest.ts';
import { middle } from './landmarks.ts';
import type { Affine } from './pixels.ts';

/**
 * Mean places of the 68 points that decide where a face lies in its chip, for a chip without padding: nose (27-35),
 * eyes (36-47), upper lip (48-54) and inner lip (60-64). Brows and lower lip move with the expression.
 * From dlib, `get_face_chip_details` in dlib/image_transforms/interpolation.h (Davis King, Boost Software License 1.0).
 */
// biome-ignore format: a table
const meanFace: ReadonlyArray<readonly [index: number, x: number, y: number]> = [
  [27, 0.490127, 0.203352], [28, 0.490127, 0.307009], [29, 0.490127, 0.409805], [30, 0.490127, 0.515625],
  [31, 0.36688, 0.587326], [32, 0.426036, 0.609345], [33, 0.490127, 0.628106], [34, 0.554217, 0.609345],
  [35, 0.613373, 0.587326],
  [36, 0.121737, 0.216423], [37, 0.187122, 0.178758], [38, 0.265825, 0.179852], [39, 0.334606, 0.231733],
  [40, 0.260918, 0.245099], [41, 0.182743, 0.244077],
  [42, 0.645647, 0.231733], [43, 0.714428, 0.179852], [44, 0.793132, 0.178758], [45, 0.858516, 0.216423],
  [46, 0.79751, 0.244077], [47, 0.719335, 0.245099],
  [48, 0.254149, 0.780233], [49, 0.340985, 0.745405], [50, 0.428858, 0.727388], [51, 0.490127, 0.742578],
  [52, 0.551395, 0.727388], [53, 0.639268, 0.745405], [54, 0.726104, 0.780233],
  [60, 0.290379, 0.784792], [61, 0.428096, 0.778746], [62, 0.490127, 0.785343], [63, 0.552157, 0.778746],
  [64, 0.689874, 0.784792],
];
/** The mean face's own axis of symmetry: it is not quite in the middle. */
const axis = 0.490127;

/** Where each pixel of an upright, centred picture of the face (a chip) lies in the camera's picture. */
export function chipPlace(contour: readonly Point[], alignment: DlibAlignment): Affine {
  const chip = meanFace.map(([, x, y]) => ({ x: onChip(x, alignment), y: onChip(y, alignment) }));
  return similarityBetween(
    chip,
    meanFace.map(([index]) => contour[index] as Point),
  );
}

/** Where the face's axis of symmetry comes to lie in its chip, in pixels from the left edge. */
export function symmetryAxisPx(alignment: DlibAlignment): number {
  return onChip(axis, alignment);
}

/** The same chip mirrored about the line `axisPx` from its left edge. */
export function mirroredAt(place: Affine, axisPx: number): Affine {
  const across = 2 * axisPx;
  return {
    xx: -place.xx,
    xy: place.xy,
    x0: place.x0 + place.xx * across,
    yx: -place.yx,
    yy: place.yy,
    y0: place.y0 + place.yx * across,
  };
}

function onChip(share: number, { sizePx, paddingRatio }: DlibAlignment): number {
  // dlib counts from the middle of the first pixel, we from its corner.
  return ((paddingRatio + share) / (1 + 2 * paddingRatio)) * sizePx + 0.5;
}

/**
 * The similarity transform (turn, scale, shift) that brings `from` closest to `to` in the sense of least squares
 * (Umeyama 1991, for the plane: a complex regression).
 */
export function similarityBetween(from: readonly Point[], to: readonly Point[]): Affine {
  const a = middle(from);
  const b = middle(to);
  let squares = 0;
  let real = 0;
  let imaginary = 0;
  for (const [i, point] of from.entries()) {
    const ux = point.x - a.x;
    const uy = point.y - a.y;
    const vx = (to[i] as Point).x - b.x;
    const vy = (to[i] as Point).y - b.y;
    squares += ux * ux + uy * uy;
    real += ux * vx + uy * vy;
    imaginary += ux * vy - uy * vx;
  }
  const cosine = real / squares;
  const sine = imaginary / squares;
  return {
    xx: cosine,
    xy: -sine,
    x0: b.x - cosine * a.x + sine * a.y,
    yx: sine,
    yy: cosine,
    y0: b.y - sine * a.x - cosine * a.y,
  };
}
