import { countBelow, type Scores, weightOf } from './scores.ts';
import type { Draw } from './statistics.ts';

/** Both kinds of comparison of one experiment. A comparison is accepted when its distance is below the threshold. */
export interface Experiment {
  /** Of one person; a picture without a face counts as a rejection. */
  readonly genuine: Scores;
  /** Of two people; a picture without a face does not count, so that seeing nothing makes nobody safer. */
  readonly impostors: Scores;
}

/** What a threshold does. */
export interface OperatingPoint {
  readonly threshold: number;
  /** Share of impostor comparisons that are accepted (false acceptance rate). */
  readonly far: number;
  /** Share of genuine comparisons that are accepted (true acceptance rate); 1 − FRR. */
  readonly tar: number;
}

/** FAR and TAR at a threshold. */
export function operatingPointAt(threshold: number, { genuine, impostors }: Experiment, draw?: Draw): OperatingPoint {
  return {
    threshold,
    far: countBelow(impostors, threshold, draw) / impostors.total(draw),
    tar: countBelow(genuine, threshold, draw) / genuine.total(draw),
  };
}

/**
 * For each of `rates` the largest threshold whose FAR does not exceed it, with the TAR there (NIST's "TAR at FAR": the
 * threshold is read off the same impostors, so it says how separable they are, not how a threshold set before would do).
 */
export function tarAtFar(experiment: Experiment, rates: readonly number[], draw?: Draw): OperatingPoint[] {
  const thresholds = thresholdsAt(experiment.impostors, rates, draw);
  return thresholds.map((threshold) => operatingPointAt(threshold, experiment, draw));
}

function thresholdsAt({ distances, first, second, total }: Scores, rates: readonly number[], draw?: Draw): number[] {
  const all = total(draw);
  // Half a comparison of slack: 0.001 of 3000 pairs is three, whatever binary fractions say.
  const allowed = rates.map((rate) => rate * all + 1e-9 * all);
  const order = rates.map((_, i) => i).sort((a, b) => allowed[a]! - allowed[b]!);
  const thresholds = new Array<number>(rates.length).fill(Number.POSITIVE_INFINITY);
  let accepted = 0;
  let next = 0;
  for (let i = 0; i < distances.length && next < order.length; i++) {
    accepted += draw ? weightOf(first[i]!, second[i]!, draw) : 1;
    for (; next < order.length && accepted > allowed[order[next]!]!; next++) thresholds[order[next]!] = distances[i]!;
  }
  return thresholds;
}

/**
 * The rate at which false acceptances and false rejections are equally frequent, and the threshold there. Where no
 * threshold makes them exactly equal, the mean of the two at the nearest.
 */
export function equalError({ genuine, impostors }: Experiment, draw?: Draw): { rate: number; threshold: number } {
  const [genuineTotal, impostorTotal] = [genuine.total(draw), impostors.total(draw)];
  let [g, i, accepted, falselyAccepted] = [0, 0, 0, 0];
  let best = { rate: 0.5, threshold: 0, gap: Number.POSITIVE_INFINITY };
  for (;;) {
    const threshold = Math.min(
      genuine.distances[g] ?? Number.POSITIVE_INFINITY,
      impostors.distances[i] ?? Number.POSITIVE_INFINITY,
    );
    const [far, frr] = [falselyAccepted / impostorTotal, 1 - accepted / genuineTotal];
    const gap = Math.abs(far - frr);
    if (gap < best.gap) best = { rate: (far + frr) / 2, threshold, gap };
    if (far >= frr || threshold === Number.POSITIVE_INFINITY) return { rate: best.rate, threshold: best.threshold };
    for (; genuine.distances[g] === threshold; g++) accepted += weight(genuine, g, draw);
    for (; impostors.distances[i] === threshold; i++) falselyAccepted += weight(impostors, i, draw);
  }
}

function weight({ first, second }: Scores, i: number, draw?: Draw): number {
  return draw ? weightOf(first[i]!, second[i]!, draw) : 1;
}

/** Rates from `from` down to `to`, `perDecade` per decade. */
export function ratesBetween(from: number, to: number, perDecade: number): number[] {
  const steps = Math.floor(Math.log10(from / to) * perDecade + 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => Number((from * 10 ** (-i / perDecade)).toPrecision(4)));
}

/** FAR 1e-2, 1e-3 and each further power of ten that at least one impostor comparison can speak for. */
export function reportedRates(impostorComparisons: number, strictest = 1e-6): number[] {
  return ratesBetween(1e-2, strictest, 1).filter((rate) => rate >= 1e-3 || rate * impostorComparisons >= 1);
}
