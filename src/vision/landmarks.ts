import type { Box, Landmarks5, Point } from '../domain/face.ts';
import type { Network } from '../engine/engine.ts';
import type { LandmarksSpec } from './pack-manifest.ts';
import { type Affine, type Picture, planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** The 68 points of a face (iBUG 300-W order: jaw, brows, nose, eyes, mouth), in pixels of the picture. */
export type FindLandmarks = (picture: Picture, box: Box) => Promise<Point[]>;

/** A landmark network whose output is 68 places as shares of a square. */
export function landmarksOver(network: Network, spec: LandmarksSpec): FindLandmarks {
  const sidePx = spec.input.widthPx;
  const input = planes(sidePx, sidePx);
  return async (picture, box) => {
    const square = squareAround(box, picture);
    warp(picture, scaled(square, 1 / sidePx), input);
    const results = await network.run({ [spec.input.name]: { dims: [1, 3, sidePx, sidePx], data: input.data } });
    return pointsFrom(outputOf(results, spec.output.name).data, square);
  };
}

/** The square, cut at the picture's edge and centred, that this kind of network was trained on. */
function squareAround(box: Box, picture: Picture): Affine {
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const right = Math.min(picture.widthPx, Math.floor(box.x) + Math.floor(box.width));
  const bottom = Math.min(picture.heightPx, Math.floor(box.y) + Math.floor(box.height));
  const side = Math.max(right - left, bottom - top);
  return {
    xx: side,
    xy: 0,
    x0: (left + right - side) / 2,
    yx: 0,
    yy: side,
    y0: (top + bottom - side) / 2,
  };
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
