import type { RawFrame } from '../domain/frame.ts';

/** A decoded picture. Coordinates are continuous: the middle of the first pixel is at (0.5, 0.5). */
export type Picture = Pick<RawFrame, 'format' | 'widthPx' | 'heightPx' | 'data'>;

/** Where a place in the output lies in the picture: `x = xx·u + xy·v + x0`, `y = yx·u + yy·v + y0`. */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** Planes of red, green and blue, 0..255, as networks take them: `[3, heightPx, widthPx] float32`. */
export interface Planes {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly data: Float32Array;
}

/** Black planes, over `data` where it is given. */
export function planes(widthPx: number, heightPx: number, data?: Float32Array): Planes {
  return { widthPx, heightPx, data: data ?? new Float32Array(3 * widthPx * heightPx) };
}

/** Beyond this an output pixel is an average of few enough samples to stay fast. */
const mostTaps = 6;

/**
 * Sample `picture` bilinearly at the places that `place` maps the pixels of `out` to. Outside of the picture is black.
 * Where the picture shrinks by two or more, several samples are averaged per output pixel, so that fine detail
 * does not turn into noise. YUV is sampled as it is: no full-size RGB picture is ever made.
 */
export function warp(picture: Picture, place: Affine, out: Planes): void {
  const add = picture.format === 'rgb24' ? addRgb : addYuv;
  const shrink = Math.sqrt(Math.abs(place.xx * place.yy - place.xy * place.yx));
  const taps = Math.min(mostTaps, Math.max(1, Math.floor(shrink + 1e-6)));
  const weight = 1 / (taps * taps);
  const step = 1 / taps;
  out.data.fill(0);
  for (let row = 0, at = 0; row < out.heightPx; row++) {
    for (let column = 0; column < out.widthPx; column++, at++) {
      for (let v = row + step / 2; v < row + 1; v += step) {
        for (let u = column + step / 2; u < column + 1; u += step) {
          add(picture, place.xx * u + place.xy * v + place.x0, place.yx * u + place.yy * v + place.y0, out, at, weight);
        }
      }
    }
  }
}

type AddSample = (picture: Picture, x: number, y: number, out: Planes, at: number, weight: number) => void;

const addRgb: AddSample = ({ widthPx, heightPx, data }, x, y, out, at, weight) => {
  if (!(x >= 0 && y >= 0 && x <= widthPx && y <= heightPx)) return;
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const right = (x - 0.5 - left) * weight;
  const lower = y - 0.5 - top;
  const stride = widthPx * 3;
  const row0 = top < 0 ? 0 : top * stride;
  const row1 = top + 1 < heightPx ? (top + 1) * stride : row0;
  const column0 = left < 0 ? 0 : left * 3;
  const column1 = left + 1 < widthPx ? (left + 1) * 3 : column0;
  const w11 = right * lower;
  const w10 = right - w11;
  const w01 = weight * lower - w11;
  const w00 = weight - right - w01;
  const plane = out.widthPx * out.heightPx;
  const a = row0 + column0;
  const b = row0 + column1;
  const c = row1 + column0;
  const d = row1 + column1;
  out.data[at]! += w00 * data[a]! + w10 * data[b]! + w01 * data[c]! + w11 * data[d]!;
  out.data[at + plane]! += w00 * data[a + 1]! + w10 * data[b + 1]! + w01 * data[c + 1]! + w11 * data[d + 1]!;
  out.data[at + 2 * plane]! += w00 * data[a + 2]! + w10 * data[b + 2]! + w01 * data[c + 2]! + w11 * data[d + 2]!;
};

const addYuv: AddSample = ({ widthPx, heightPx, data }, x, y, out, at, weight) => {
  if (!(x >= 0 && y >= 0 && x <= widthPx && y <= heightPx)) return;
  const halfWidth = widthPx >> 1;
  const halfHeight = heightPx >> 1;
  const chroma = widthPx * heightPx;
  const luma = bilinear(data, 0, widthPx, heightPx, x, y);
  const u = bilinear(data, chroma, halfWidth, halfHeight, x / 2, y / 2) - 128;
  const v = bilinear(data, chroma + halfWidth * halfHeight, halfWidth, halfHeight, x / 2, y / 2) - 128;
  // BT.601 in video range (16..235): what ffmpeg and cameras mean by yuv420p.
  const light = 1.164384 * (luma - 16);
  const plane = out.widthPx * out.heightPx;
  out.data[at]! += weight * clamp(light + 1.596027 * v);
  out.data[at + plane]! += weight * clamp(light - 0.391762 * u - 0.812968 * v);
  out.data[at + 2 * plane]! += weight * clamp(light + 2.017232 * u);
};

/** One plane of bytes at a continuous place; the outermost half pixel repeats the edge. */
function bilinear(data: Uint8Array, offset: number, width: number, height: number, x: number, y: number): number {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const right = x - 0.5 - left;
  const lower = y - 0.5 - top;
  const row0 = offset + (top < 0 ? 0 : top * width);
  const row1 = top + 1 < height ? offset + (top + 1) * width : row0;
  const column0 = Math.max(0, left);
  const column1 = left + 1 < width ? left + 1 : column0;
  const upper = data[row0 + column0]! * (1 - right) + data[row0 + column1]! * right;
  const below = data[row1 + column0]! * (1 - right) + data[row1 + column1]! * right;
  return upper * (1 - lower) + below * lower;
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}
