import { type AllPairs, histogramBins, pointOf } from './all-pairs.ts';
import { type Experiment, type OperatingPoint, operatingPointAt, ratesBetween, tarAtFar } from './operating-points.ts';

/** Operating points with rising FAR, dense enough to draw. Needs every impostor listed. */
export function curveOf(experiment: Experiment): OperatingPoint[] {
  const { genuine, impostors } = experiment;
  const thresholds = [...new Set([...impostors.distances, ...thinned(genuine.distances, 400)])].sort((a, b) => a - b);
  return thinned(thresholds, 800).map((threshold) => operatingPointAt(threshold, experiment));
}

/** The same for all against all, ten points per decade, from what a single impostor comparison means. */
export function curveOfAll(experiment: AllPairs): OperatingPoint[] {
  const { impostors, histogram } = experiment;
  const all = impostors.total();
  const rates = ratesBetween(0.5, Math.max(1e-7, 1 / all), 10).reverse();
  const listed = rates.filter((rate) => rate * all < impostors.distances.length - 1);
  const further = rates.slice(listed.length).map((rate) => pointOf(edgeAt(rate * all, histogram), experiment));
  return [...tarAtFar(experiment, listed), ...further];
}

/** Shares of all comparisons per part of the distance axis, for a picture of two hills. */
export interface Hills {
  /** Left edges of the parts. */
  readonly distances: readonly number[];
  readonly genuine: readonly number[];
  readonly impostors: readonly number[];
}

/** Both distributions in `parts` equal parts, over the distances that occur. */
export function hillsOf({ genuine, histogram, impostors }: AllPairs, parts = 80): Hills {
  const farthest = Math.max(
    genuine.distances.at(-1) ?? 0,
    (edgeAt(impostors.total(), histogram) ?? 0) + 2 / histogramBins,
  );
  const part = (distance: number) => Math.min(parts - 1, Math.max(0, Math.floor((distance / farthest) * parts)));
  const hills = [new Float64Array(parts), new Float64Array(parts)] as const;
  for (const distance of genuine.distances) hills[0][part(distance)]! += 1 / genuine.distances.length;
  histogram.forEach((count, bin) => {
    hills[1][part(((bin + 0.5) * 2) / histogramBins)]! += count / impostors.total();
  });
  const distances = Array.from({ length: parts }, (_, i) => (i * farthest) / parts);
  return { distances, genuine: [...hills[0]], impostors: [...hills[1]] };
}

/** The edge of the histogram below which at least `count` impostor comparisons lie. */
function edgeAt(count: number, histogram: Uint32Array): number {
  let below = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    below += histogram[bin]!;
    if (below >= count - 1e-6) return ((bin + 1) * 2) / histogramBins;
  }
  return 2;
}

function thinned(values: ArrayLike<number>, most: number): number[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  return Array.from(values).filter((_, i) => i % step === 0 || i === values.length - 1);
}

/** Points of a curve of errors: how many of one person are rejected, over how many of two are accepted. */
export function errorsOver(points: readonly OperatingPoint[]): [number, number | null][] {
  return byFar(points).map(({ far, tar }) => [far, tar < 1 ? 1 - tar : null]);
}

/** Points of a curve of successes. */
export function successesOver(points: readonly OperatingPoint[]): [number, number][] {
  return byFar(points).map(({ far, tar }) => [far, tar]);
}

/** A logarithmic axis has no zero, and no place twice: of equal FARs the best TAR. */
function byFar(points: readonly OperatingPoint[]): OperatingPoint[] {
  const best = new Map(points.filter(({ far }) => far > 0).map((point) => [point.far, point]));
  return [...best.values()].sort((a, b) => a.far - b.far);
}
