import type { Box, Face, Landmarks5, Point } from '../domain/face.ts';
import type { Network } from '../engine/engine.ts';
import type { Detection } from './detector.ts';
import type { LandmarksSpec } from './landmarks-manifest.ts';
import { type Affine, type Picture, planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/**
 * The 68 points of a face (iBUG 300-W order: jaw, brows, nose, eyes, mouth), in pixels of the picture.
 *
 * @param formerly the same face in the picture before, where there is one: it lay much as it lies now
 */
export type FindLandmarks = (
  picture: Picture,
  found: Pick<Detection, 'box' | 'square'>,
  formerly?: FormerFace | null,
) => Promise<Point[]>;

/** A face of the picture before. */
export type FormerFace = Pick<Face, 'box' | 'contour'>;

/**
 * A landmark network whose output is 68 places as shares of a square. It looks at the square that the detector gives, and
 * once more where the face turns out to lie in it otherwise than the network knows faces: upright, in the middle, of one
 * size. Detectors frame a face now tighter, now wider; the second look takes that out. Of a face that is followed the points
 * of the picture before frame it better than the detector does, moved as its box has moved: that saves most second looks.
 */
export function landmarksOver(network: Network, spec: LandmarksSpec): FindLandmarks {
  const sidePx = spec.input.widthPx;
  const input = planes(sidePx, sidePx);
  const look = async (picture: Picture, square: Affine) => {
    warp(picture, scaled(square, 1 / sidePx), input);
    const results = await network.run({ [spec.input.name]: { dims: [1, 3, sidePx, sidePx], data: input.data } });
    return pointsFrom(outputOf(results, spec.output.name).data, square);
  };
  return async (picture, { box, square: detected }, formerly) => {
    const square = (formerly && squareAsBefore(formerly, box)) ?? detected ?? squareAround(box, picture);
    const first = await look(picture, square);
    const upright = uprightSquareAround(first);
    return isNearly(square, upright) ? first : look(picture, upright);
  };
}

/** The upright square of a face in the picture before, moved along with its box. */
function squareAsBefore({ box: before, contour }: FormerFace, now: Box): Affine | null {
  if (!contour) return null;
  const square = uprightSquareAround(contour);
  const dx = now.x + now.width / 2 - (before.x + before.width / 2);
  const dy = now.y + now.height / 2 - (before.y + before.height / 2);
  return { ...square, x0: square.x0 + dx, y0: square.y0 + dy };
}

/** The square, cut at the picture's edge and centred, that this kind of network was trained on. */
function squareAround(box: Box, picture: Picture): Affine {
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const right = Math.min(picture.widthPx, Math.floor(box.x) + Math.floor(box.width));
  const bottom = Math.min(picture.heightPx, Math.floor(box.y) + Math.floor(box.height));
  const side = Math.max(right - left, bottom - top);
  return { xx: side, xy: 0, x0: (left + right - side) / 2, yx: 0, yy: side, y0: (top + bottom - side) / 2 };
}

/** How much wider than the points the detector's box is on average, and so the square the network knows. */
const margin = 1.15;

/** The square around the points of a face, turned so that the eyes are level. */
function uprightSquareAround(contour: readonly Point[]): Affine {
  const { leftEye, rightEye } = fiveOf(contour);
  const length = Math.hypot(rightEye.x - leftEye.x, rightEye.y - leftEye.y);
  const cosine = (rightEye.x - leftEye.x) / length;
  const sine = (rightEye.y - leftEye.y) / length;
  const across = contour.map(({ x, y }) => x * cosine + y * sine);
  const down = contour.map(({ x, y }) => y * cosine - x * sine);
  const [left, right, top, bottom] = [Math.min(...across), Math.max(...across), Math.min(...down), Math.max(...down)];
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  const centre = { x: u * cosine - v * sine, y: u * sine + v * cosine };
  return squareAt(centre, margin * Math.max(right - left, bottom - top), { cosine, sine });
}

/** A square of `sidePx` around `centre`, turned clockwise as a picture shows it. */
export function squareAt(centre: Point, sidePx: number, { cosine, sine }: { cosine: number; sine: number }): Affine {
  const [across, down] = [sidePx * cosine, sidePx * sine];
  return {
    xx: across,
    xy: -down,
    x0: centre.x - (across - down) / 2,
    yx: down,
    yy: across,
    y0: centre.y - (down + across) / 2,
  };
}

/**
 * Whether a second look would show the same: turned by 6°, moved by 6 % of its side or scaled by 12 % at most. On LFW one
 * face in six is looked at again; always looking twice places the eyes no better (4.6 % of their distance off, both).
 */
function isNearly(one: Affine, other: Affine): boolean {
  const [a, b] = [placeOf(one), placeOf(other)];
  const turned = Math.abs(Math.atan2(Math.sin(a.turnRad - b.turnRad), Math.cos(a.turnRad - b.turnRad)));
  const moved = Math.hypot(a.x - b.x, a.y - b.y) / b.side;
  return turned <= (6 * Math.PI) / 180 && moved <= 0.06 && Math.abs(Math.log(a.side / b.side)) <= 0.12;
}

function placeOf({ xx, xy, x0, yx, yy, y0 }: Affine) {
  return { x: x0 + (xx + xy) / 2, y: y0 + (yx + yy) / 2, side: Math.hypot(xx, yx), turnRad: Math.atan2(yx, xx) };
}

function scaled(square: Affine, by: number): Affine {
  return { ...square, xx: square.xx * by, xy: square.xy * by, yx: square.yx * by, yy: square.yy * by };
}

function pointsFrom(shares: Float32Array, { xx, xy, x0, yx, yy, y0 }: Affine): Point[] {
  const points: Point[] = [];
  for (let i = 0; i + 1 < shares.length; i += 2) {
    const u = shares[i] as number;
    const v = shares[i + 1] as number;
    points.push({ x: xx * u + xy * v + x0, y: yx * u + yy * v + y0 });
  }
  return points;
}

/** Eye centres, nose tip and mouth corners of the 68 points. */
export function fiveOf(contour: readonly Point[]): Landmarks5 {
  return {
    leftEye: middle(contour.slice(36, 42)),
    rightEye: middle(contour.slice(42, 48)),
    nose: contour[30] as Point,
    mouthLeft: contour[48] as Point,
    mouthRight: contour[54] as Point,
  };
}

/** The mean of some points. */
export function middle(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x / points.length;
    y += point.y / points.length;
  }
  return { x, y };
}
