import type { Calibration } from '../domain/calibration.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { matchable } from '../gallery/likeness.ts';
import type { Interval } from './statistics.ts';

/** How much more the people of a gallery resemble each other than the strangers behind the pack's figures do. */
export interface Resemblance {
  /** The false match rate of the pack's figures at which it was measured, and the distance that belongs to it. */
  readonly fmr: number;
  readonly distance: number;
  /** Comparisons of two people that were made, and the share of them that are as near as that. */
  readonly comparisons: number;
  readonly observed: number;
  /** `observed ÷ fmr`: 1 when these people resemble each other as those strangers do. */
  readonly ratio: number;
  readonly interval95: Interval;
}

/** Fewer pairs than this by chance tell nothing about a ratio. */
const fewestExpected = 50;

/**
 * The pack's impostor figures hold for people like those they were measured on. One sex, one region or one family
 * resemble each other more (NISTIR 8280: by factors of 10 to 100 for some networks), and the FPIR grows with it. The
 * gallery itself shows it: its own people are strangers to each other. `null` where there are too few of them to tell.
 */
export function resemblanceOf(gallery: Gallery, calibration: Calibration): Resemblance | null {
  const ids = [...gallery.people.keys()].filter((id) => matchable(gallery, id).length > 0);
  const counts = new Map(ids.map((id) => [id, matchable(gallery, id).length]));
  const squares = [...counts.values()].reduce((sum, count) => sum + count * count, 0);
  const comparisons = (gallery.rows * gallery.rows - squares) / 2;
  // The rarest rate that still gives enough pairs: nearer to what a door asks about.
  const point = calibration.quantiles.findLast(({ fmr }) => fmr * comparisons >= fewestExpected && fmr <= 0.01);
  if (point === undefined) return null;
  const close = ids.map((id) => {
    const found = matchable(gallery, id).flatMap(({ template }) => gallery.within(template, point.distance));
    return found.filter(({ personId }) => personId !== id).length;
  });
  const total = close.reduce((sum, count) => sum + count, 0) / 2;
  const observed = total / comparisons;
  // Jackknife over people: every comparison has two of them, and those of one person are not independent.
  const without = ids.map((id, i) => {
    const own = counts.get(id)!;
    return (total - close[i]!) / Math.max(1, comparisons - own * (gallery.rows - own));
  });
  const mean = without.reduce((sum, value) => sum + value, 0) / ids.length;
  const variance = ((ids.length - 1) / ids.length) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = 1.959964 * Math.sqrt(variance);
  const ratioOf = (share: number) => Math.max(0, share) / point.fmr;
  return {
    fmr: point.fmr,
    distance: point.distance,
    comparisons,
    observed,
    ratio: ratioOf(observed),
    interval95: [ratioOf(observed - half), ratioOf(observed + half)],
  };
}
