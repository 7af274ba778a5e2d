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

/** How a picture is sampled. */
export interface Sampling {
  /** Samples per side of an output pixel, at most; 1 for networks that were trained on pictures shrunk without care. */
  readonly most?: number;
  /** So many of the outermost pixels stay black. */
  readonly marginPx?: number;
}

/** Beyond this an output pixel is an average of few enough samples to stay fast. */
const mostTaps = 6;

/**
 * Sample `picture` bilinearly at the places that `place` maps the pixels of `out` to. Outside of the picture is black.
 * Where the picture shrinks by two or more, several samples are averaged per output pixel, so that fine detail
 * does not turn into noise. YUV is sampled as it is: no full-size RGB picture is ever made.
 */
export function warp(
  picture: Picture,
  place: Affine,
  out: Planes,
  { most = mostTaps, marginPx = 0 }: Sampling = {},
): void {
  const addLine = picture.format === 'rgb24' ? addLineOfRgb : addLineOfYuv;
  const shrink = Math.sqrt(Math.abs(place.xx * place.yy - place.xy * place.yx));
  const taps = Math.min(most, Math.max(1, Math.floor(shrink + 1e-6)));
  const weight = 1 / (taps * taps);
  out.data.fill(0);
  for (let row = marginPx; row < out.heightPx - marginPx; row++) {
    for (let tap = 0; tap < taps * taps; tap++) {
      const u = ((tap % taps) + 0.5) / taps;
      const v = row + (Math.floor(tap / taps) + 0.5) / taps;
      const x = place.xx * u + place.xy * v + place.x0;
      const y = place.yx * u + place.yy * v + place.y0;
      addLine(picture, { x, y, dx: place.xx, dy: place.yx, weight, row, marginPx }, out);
    }
  }
}

/** One line of samples through the picture: it starts at `x`, `y`, steps by `dx`, `dy` and feeds one row of the output. */
interface Line {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly weight: number;
  readonly row: number;
  /** So many pixels at both ends of the row are left out. */
  readonly marginPx: number;
}

// The two loops below run for every pixel a network sees; they are written out because a call per sample costs
// four times as much. The outermost half pixel of the picture repeats its edge: there `x | 0` is 0, not -1.

function addLineOfRgb(
  { widthPx, heightPx, data }: Picture,
  line: Line,
  { widthPx: count, heightPx: rows, data: out }: Planes,
) {
  const { dx, dy, weight } = line;
  const greenAt = count * rows;
  const blueAt = 2 * greenAt;
  const stride = widthPx * 3;
  const end = count - line.marginPx;
  let at = line.row * count + line.marginPx;
  for (let i = line.marginPx; i < end; i++, at++) {
    const x = line.x + i * dx - 0.5;
    const y = line.y + i * dy - 0.5;
    if (x < -0.5 || y < -0.5 || x > widthPx - 0.5 || y > heightPx - 0.5) continue;
    const left = x | 0;
    const top = y | 0;
    const a = top * stride + left * 3;
    const b = left + 1 < widthPx ? a + 3 : a;
    const down = top + 1 < heightPx ? stride : 0;
    const c = a + down;
    const d = b + down;
    const right = x > 0 ? (x - left) * weight : 0;
    const lower = y > 0 ? y - top : 0;
    const wd = right * lower;
    const wb = right - wd;
    const wc = weight * lower - wd;
    const wa = weight - right - wc;
    out[at]! += wa * data[a]! + wb * data[b]! + wc * data[c]! + wd * data[d]!;
    out[at + greenAt]! += wa * data[a + 1]! + wb * data[b + 1]! + wc * data[c + 1]! + wd * data[d + 1]!;
    out[at + blueAt]! += wa * data[a + 2]! + wb * data[b + 2]! + wc * data[c + 2]! + wd * data[d + 2]!;
  }
}

function addLineOfYuv(
  { widthPx, heightPx, data }: Picture,
  line: Line,
  { widthPx: count, heightPx: rows, data: out }: Planes,
) {
  const { dx, dy, weight } = line;
  const greenAt = count * rows;
  const blueAt = 2 * greenAt;
  const halfWidth = widthPx >> 1;
  const halfHeight = heightPx >> 1;
  const uPlane = widthPx * heightPx;
  const vPlane = uPlane + halfWidth * halfHeight;
  const end = count - line.marginPx;
  let at = line.row * count + line.marginPx;
  for (let i = line.marginPx; i < end; i++, at++) {
    const x = line.x + i * dx - 0.5;
    const y = line.y + i * dy - 0.5;
    if (x < -0.5 || y < -0.5 || x > widthPx - 0.5 || y > heightPx - 0.5) continue;
    const left = x | 0;
    const top = y | 0;
    const a = top * widthPx + left;
    const b = left + 1 < widthPx ? a + 1 : a;
    const down = top + 1 < heightPx ? widthPx : 0;
    const right = x > 0 ? x - left : 0;
    const lower = y > 0 ? y - top : 0;
    const upper = data[a]! * (1 - right) + data[b]! * right;
    const below = data[a + down]! * (1 - right) + data[b + down]! * right;
    // A colour sample covers four pixels; the eye and the networks take their colour from the nearest.
    const chroma = (top >> 1) * halfWidth + (left >> 1);
    const u = data[uPlane + chroma]! - 128;
    const v = data[vPlane + chroma]! - 128;
    // BT.601 in video range (16..235): what ffmpeg and cameras mean by yuv420p.
    const light = 1.164384 * (upper + (below - upper) * lower - 16);
    const red = light + 1.596027 * v;
    const green = light - 0.391762 * u - 0.812968 * v;
    const blue = light + 2.017232 * u;
    out[at]! += weight * Math.max(0, Math.min(255, red));
    out[at + greenAt]! += weight * Math.max(0, Math.min(255, green));
    out[at + blueAt]! += weight * Math.max(0, Math.min(255, blue));
  }
}

/** A picture scaled into planes whose memory is kept for the next picture of the same size. */
export interface View {
  /** The picture top left, black where it does not reach. */
  readonly planes: Planes;
  /** Pixels of the planes per pixel of the picture. */
  readonly scale: number;
  /** Draw another picture of the same size. */
  draw(picture: Picture): void;
}

/**
 * How pictures of `picture`'s size are scaled into planes of `widthPx` by `heightPx`. Pictures made smaller by two or
 * more are thinned: an output pixel is the mean of four whole pixels, several times cheaper than bilinear samples, and
 * no face is missed for it.
 */
export function viewOf(picture: Picture, scale: number, { widthPx, heightPx }: Omit<Planes, 'data'>): View {
  const out = planes(widthPx, heightPx);
  const step = 1 / scale;
  if (step < 2) {
    const place = { xx: step, xy: 0, x0: 0, yx: 0, yy: step, y0: 0 };
    return { planes: out, scale, draw: (next) => warp(next, place, out) };
  }
  const columns = pairsAlong(picture.widthPx, widthPx, step);
  const rows = pairsAlong(picture.heightPx, heightPx, step);
  const thin = picture.format === 'rgb24' ? thinRgb : thinYuv;
  return { planes: out, scale, draw: (next) => thin(next, { columns, rows }, out) };
}

/** The two columns, and the two rows, of the picture that each pixel of the output is the mean of. */
interface Thinning {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

function pairsAlong(sidePx: number, count: number, step: number): Int32Array {
  const used = Math.min(count, Math.ceil(sidePx / step - 0.01));
  return Int32Array.from({ length: 2 * used }, (_, i) => Math.min(sidePx - 1, Math.floor((i / 2 + 0.25) * step)));
}

function thinRgb({ widthPx, data }: Picture, { columns, rows }: Thinning, out: Planes) {
  const { data: values } = out;
  const greenAt = out.widthPx * out.heightPx;
  const blueAt = 2 * greenAt;
  for (let row = 0; row < rows.length; row += 2) {
    const upper = rows[row]! * widthPx;
    const lower = rows[row + 1]! * widthPx;
    let at = (row >> 1) * out.widthPx;
    for (let column = 0; column < columns.length; column += 2, at++) {
      const left = columns[column]!;
      const right = columns[column + 1]!;
      const a = (upper + left) * 3;
      const b = (upper + right) * 3;
      const c = (lower + left) * 3;
      const d = (lower + right) * 3;
      values[at] = 0.25 * (data[a]! + data[b]! + data[c]! + data[d]!);
      values[at + greenAt] = 0.25 * (data[a + 1]! + data[b + 1]! + data[c + 1]! + data[d + 1]!);
      values[at + blueAt] = 0.25 * (data[a + 2]! + data[b + 2]! + data[c + 2]! + data[d + 2]!);
    }
  }
}

/** Four samples of the light, one of the colour: the eye and the networks see little more of it. */
function thinYuv({ widthPx, heightPx, data }: Picture, { columns, rows }: Thinning, out: Planes) {
  const { data: values } = out;
  const greenAt = out.widthPx * out.heightPx;
  const blueAt = 2 * greenAt;
  const uPlane = widthPx * heightPx;
  const vPlane = uPlane + uPlane / 4;
  for (let row = 0; row < rows.length; row += 2) {
    const upper = rows[row]! * widthPx;
    const lower = rows[row + 1]! * widthPx;
    const colours = (rows[row + 1]! >> 1) * (widthPx >> 1);
    let at = (row >> 1) * out.widthPx;
    for (let column = 0; column < columns.length; column += 2, at++) {
      const left = columns[column]!;
      const right = columns[column + 1]!;
      const sum = data[upper + left]! + data[upper + right]! + data[lower + left]! + data[lower + right]!;
      const light = 0.291096 * sum - 18.630144;
      const u = data[uPlane + colours + (right >> 1)]! - 128;
      const v = data[vPlane + colours + (right >> 1)]! - 128;
      values[at] = clamped(light + 1.596027 * v);
      values[at + greenAt] = clamped(light - 0.391762 * u - 0.812968 * v);
      values[at + blueAt] = clamped(light + 2.017232 * u);
    }
  }
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
