import type { ImpostorQuantile } from '../src/domain/calibration.ts';
import { cosineDistance, type Template } from '../src/domain/template.ts';

/** A comparison that was made; `distance` is `null` where no face was found in one of the pictures. */
export interface Outcome {
  readonly same: boolean;
  readonly fold: number;
  readonly distance: number | null;
}

/** Share of right answers at `threshold`. A picture without a face counts as a wrong answer, whichever the question. */
export function accuracyAt(outcomes: readonly Outcome[], threshold: number): number {
  const right = outcomes.filter(({ same, distance }) => distance !== null && distance <= threshold === same);
  return right.length / outcomes.length;
}

/** For each fold its accuracy at the threshold that is best on the other folds (the protocol of LFW). */
export function foldAccuracies(outcomes: readonly Outcome[]): number[] {
  const folds = [...new Set(outcomes.map(({ fold }) => fold))];
  return folds.map((fold) => {
    const others = outcomes.filter((outcome) => outcome.fold !== fold);
    const best = bestThreshold(others);
    return accuracyAt(
      outcomes.filter((outcome) => outcome.fold === fold),
      best,
    );
  });
}

function bestThreshold(outcomes: readonly Outcome[]): number {
  const candidates = outcomes.flatMap(({ distance }) => distance ?? []).sort((a, b) => a - b);
  let best = { threshold: 0, accuracy: 0 };
  for (let i = 0; i < candidates.length; i += 3) {
    const threshold = candidates[i] as number;
    const accuracy = accuracyAt(outcomes, threshold);
    if (accuracy > best.accuracy) best = { threshold, accuracy };
  }
  return best.threshold;
}

/** Mean and standard deviation. */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** A 95 % bootstrap interval of the accuracy over pairs; the same figures at every run. */
export function accuracyInterval(outcomes: readonly Outcome[], rounds = 500): [low: number, high: number] {
  const random = seeded(1);
  const threshold = bestThreshold(outcomes);
  const means = Array.from({ length: rounds }, () => {
    const drawn = outcomes.map(() => outcomes[Math.floor(random() * outcomes.length)] as Outcome);
    return accuracyAt(drawn, threshold);
  }).sort((a, b) => a - b);
  return [means[Math.floor(rounds * 0.025)] as number, means[Math.floor(rounds * 0.975)] as number];
}

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two strangers who are close. */
interface ClosePair {
  readonly a: number;
  readonly b: number;
  readonly distance: number;
}

/**
 * The impostor distribution of one template each of many people: for each rate of `rates` the distance that so many
 * of all pairs stay below, and an upper 95 % bound of the rate there.
 *
 * Pairs share people, so they are not independent. The bound takes that into account: the variance is measured by a
 * jackknife over people (Efron & Stein 1981: never too small on average), its ratio to the binomial variance shrinks
 * the number of pairs to an effective one, and the bound is Poisson's for that number, one-sided.
 */
export function impostorQuantiles(templates: readonly Template[], rates: readonly number[]): ImpostorQuantile[] {
  const people = templates.length;
  const pairs = (people * (people - 1)) / 2;
  const close = closestPairs(templates, Math.ceil(pairs * Math.max(...rates)) + 1);
  return rates.map((rate) => {
    const count = Math.max(1, Math.round(rate * pairs));
    const below = close.slice(0, count);
    return { fmr: rate, fmrUpper: upperBound(below, people), distance: (below.at(-1) as ClosePair).distance };
  });
}

function closestPairs(templates: readonly Template[], count: number): ClosePair[] {
  const pairs: ClosePair[] = [];
  templates.forEach((one, a) => {
    for (let b = 0; b < a; b++) pairs.push({ a, b, distance: cosineDistance(one, templates[b] as Template) });
  });
  return pairs.sort((x, y) => x.distance - y.distance).slice(0, count);
}

function upperBound(below: readonly ClosePair[], people: number): number {
  const pairs = (people * (people - 1)) / 2;
  const pairsLeft = ((people - 1) * (people - 2)) / 2;
  const perPerson = new Array<number>(people).fill(0);
  for (const { a, b } of below) {
    perPerson[a]! += 1;
    perPerson[b]! += 1;
  }
  const rate = below.length / pairs;
  const without = perPerson.map((count) => (below.length - count) / pairsLeft);
  const mean = without.reduce((sum, value) => sum + value, 0) / people;
  const variance = ((people - 1) / people) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const designEffect = Math.max(1, variance / ((rate * (1 - rate)) / pairs));
  const effective = below.length / designEffect;
  return Math.min(1, (rate * poissonUpper(effective)) / effective);
}

/** One-sided upper 95 % bound of a Poisson mean after `count` events (chi-square, after Wilson & Hilferty 1931). */
export function poissonUpper(count: number): number {
  const degrees = 2 * (count + 1);
  const z95 = 1.6449;
  return (degrees / 2) * (1 - 2 / (9 * degrees) + z95 * Math.sqrt(2 / (9 * degrees))) ** 3;
}
