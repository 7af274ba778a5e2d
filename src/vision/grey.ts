import type { Picture } from './pixels.ts';

/** A small grey copy of a picture: luminance 0 to 255, and how many pixels of the picture are one of its own. */
export interface Grey {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly step: number;
  readonly values: Float32Array;
}

/** A grey copy at most this wide shows what moves, and evens out the noise of the single pixel. */
const widestPx = 400;

/**
 * The grey copy of `picture`, each value the mean of `step` × `step` pixels. Written over `reuse` where that has the
 * right size: two copies that take turns serve for ever.
 */
export function greyCopy(picture: Picture, reuse?: Grey): Grey {
  const step = Math.max(1, Math.ceil(picture.widthPx / widestPx));
  const widthPx = Math.floor(picture.widthPx / step);
  const heightPx = Math.floor(picture.heightPx / step);
  const fits = reuse?.widthPx === widthPx && reuse.heightPx === heightPx && reuse.step === step;
  const grey = fits ? reuse : { widthPx, heightPx, step, values: new Float32Array(widthPx * heightPx) };
  const addLine = picture.format === 'rgb24' ? addLineOfGreen : addLineOfLuma;
  grey.values.fill(0);
  for (let y = 0; y < heightPx * step; y++) addLine(picture, y, grey);
  const share = 1 / (step * step);
  for (let i = 0; i < grey.values.length; i++) grey.values[i]! *= share;
  return grey;
}

/** Green is most of what the eye calls brightness, and needs no arithmetic. */
function addLineOfGreen({ widthPx, data }: Picture, y: number, { values, widthPx: columns, step }: Grey): void {
  const row = Math.floor(y / step) * columns;
  for (let x = 0, at = y * widthPx * 3 + 1; x < columns; x++) {
    let sum = 0;
    for (let i = 0; i < step; i++, at += 3) sum += data[at]!;
    values[row + x]! += sum;
  }
}

function addLineOfLuma({ widthPx, data }: Picture, y: number, { values, widthPx: columns, step }: Grey): void {
  const row = Math.floor(y / step) * columns;
  for (let x = 0, at = y * widthPx; x < columns; x++) {
    for (let i = 0; i < step; i++, at++) values[row + x]! += data[at]!;
  }
}
