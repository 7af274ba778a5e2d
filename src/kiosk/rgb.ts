import type { RawFrame } from '../domain/frame.ts';

/** Pixels of three bytes each, red, green and blue. */
export interface Rgb {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly data: Uint8Array;
}

/**
 * A raw frame as RGB for the eye, every second or third pixel only while it is twice or three times too large:
 * for a mirror, and not for recognition.
 */
export function rgbOf(frame: RawFrame, longestSidePx: number): Rgb {
  const step = Math.max(1, Math.floor(Math.max(frame.widthPx, frame.heightPx) / longestSidePx));
  if (frame.format === 'rgb24' && step === 1) return frame;
  const widthPx = Math.floor(frame.widthPx / step);
  const heightPx = Math.floor(frame.heightPx / step);
  const out = { widthPx, heightPx, data: new Uint8Array(widthPx * heightPx * 3) };
  if (frame.format === 'rgb24') thin(frame, step, out);
  else fromYuv(frame, step, out);
  return out;
}

function thin({ data, widthPx }: RawFrame, step: number, out: Rgb): void {
  let to = 0;
  for (let y = 0; y < out.heightPx; y++) {
    let from = y * step * widthPx * 3;
    for (let x = 0; x < out.widthPx; x++, from += 3 * step) {
      out.data[to++] = data[from]!;
      out.data[to++] = data[from + 1]!;
      out.data[to++] = data[from + 2]!;
    }
  }
}

/** BT.601 in video range, as the cameras promise; in 1/256, with rounding. */
function fromYuv({ data, widthPx, heightPx }: RawFrame, step: number, out: Rgb): void {
  const uAt = widthPx * heightPx;
  const vAt = uAt + uAt / 4;
  const half = widthPx / 2;
  // Values beyond 0 and 255 are held there by the array itself.
  const clamped = new Uint8ClampedArray(out.data.buffer);
  let to = 0;
  for (let y = 0; y < out.heightPx; y++) {
    const row = y * step * widthPx;
    const halfRow = ((y * step) >> 1) * half;
    for (let x = 0; x < out.widthPx; x++) {
      const column = x * step;
      const bright = 298 * (data[row + column]! - 16) + 128;
      const u = data[uAt + halfRow + (column >> 1)]! - 128;
      const v = data[vAt + halfRow + (column >> 1)]! - 128;
      clamped[to++] = (bright + 409 * v) >> 8;
      clamped[to++] = (bright - 100 * u - 208 * v) >> 8;
      clamped[to++] = (bright + 516 * u) >> 8;
    }
  }
}
