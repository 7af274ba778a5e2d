import type { Picture } from './pixels.ts';

/** The picture is looked at as so many fields; each is the mean of a few pixels spread over it. */
const columns = 40;
const rows = 30;
const fields = columns * rows;
const samplesPerSide = 4;

/** So many levels of 255 a field has to change at least … */
const leastChange = 6;
/** … so many times as much as the median field does: a camera at night has noise everywhere, but never above the cap … */
const noiseFactor = 6;
const noiseCap = 20;
/** … and so many times its own usual unrest: leaves in the wind become part of the picture. */
const unrestFactor = 4;
/** So many fields have to change: one or two are an insect, a person far away covers ten and more. */
const fewestFields = 3;
/** How fast what stays becomes part of the picture: a parcel put down, the sun going round. */
const adaptMs = 4000;

/**
 * Notices that something moves before a camera that does not: a running mean and mean deviation of the light of each
 * field (the running average of Wren et al. 1997, Pfinder), against which the next picture is held. What all fields have
 * in common is a lamp, a cloud or the camera's exposure, and is taken out first.
 *
 * Cheap enough for every frame: 19,200 pixels are read, nothing is allocated. It is a reason to search for a face, never
 * a reason to see none: whoever stands still is found by the searches that go on without it.
 */
export class MotionGate {
  readonly #mean = new Float32Array(fields);
  readonly #unrest = new Float32Array(fields);
  readonly #light = new Float32Array(fields);
  readonly #sorted = new Float32Array(fields);
  #lastMs: number | null = null;
  #size = '';

  /** Take in one picture; true when it differs from those before. The first one always does, and one of another size. */
  moved(picture: Picture, atMs: number): boolean {
    lightOf(picture, this.#light);
    const size = `${picture.format} ${picture.widthPx}x${picture.heightPx}`;
    if (this.#lastMs === null || size !== this.#size) {
      this.#mean.set(this.#light);
      this.#unrest.fill(0);
      this.#lastMs = atMs;
      this.#size = size;
      return true;
    }
    const share = 1 - Math.exp(-Math.max(0, atMs - this.#lastMs) / adaptMs);
    this.#lastMs = atMs;
    return this.#adapt(share) >= fewestFields;
  }

  /** How many fields have changed; what they show becomes part of the picture by `share`. */
  #adapt(share: number): number {
    // The median: half of the picture may be a person, and it still tells the lamp.
    const common = this.#medianOf((i) => this.#light[i]! - this.#mean[i]!);
    const unusual = (i: number) => Math.abs(this.#light[i]! - this.#mean[i]! - common);
    const least = Math.max(leastChange, Math.min(noiseCap, noiseFactor * this.#medianOf(unusual)));
    let changed = 0;
    for (let i = 0; i < fields; i++) {
      const change = unusual(i);
      if (change > Math.max(least, unrestFactor * this.#unrest[i]!)) changed += 1;
      this.#mean[i]! += share * (this.#light[i]! - this.#mean[i]!);
      this.#unrest[i]! += share * (change - this.#unrest[i]!);
    }
    return changed;
  }

  #medianOf(value: (field: number) => number): number {
    for (let i = 0; i < fields; i++) this.#sorted[i] = value(i);
    return this.#sorted.sort()[fields >> 1]!;
  }
}

/** Luminance of each field, from the green channel or the Y plane: what the eye calls brightness, without arithmetic. */
function lightOf({ format, widthPx, heightPx, data }: Picture, out: Float32Array): void {
  const pixelBytes = format === 'rgb24' ? 3 : 1;
  const offset = format === 'rgb24' ? 1 : 0;
  const stepX = widthPx / (columns * samplesPerSide);
  const stepY = heightPx / (rows * samplesPerSide);
  out.fill(0);
  for (let y = 0; y < rows * samplesPerSide; y++) {
    const line = Math.floor((y + 0.5) * stepY) * widthPx;
    const row = Math.floor(y / samplesPerSide) * columns;
    for (let x = 0; x < columns * samplesPerSide; x++) {
      const pixel = data[(line + Math.floor((x + 0.5) * stepX)) * pixelBytes + offset]!;
      out[row + Math.floor(x / samplesPerSide)]! += pixel;
    }
  }
  for (let i = 0; i < fields; i++) out[i]! /= samplesPerSide * samplesPerSide;
}
