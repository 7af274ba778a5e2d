import type { Calibration, ImpostorQuantile } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import type { Template } from '../domain/template.ts';
import { compareAll } from './all-pairs.ts';
import { ratesBetween } from './operating-points.ts';
import { poissonUpper } from './statistics.ts';

/** Five points per decade, from one in ten to one in a million. */
export const impostorRates = ratesBetween(0.1, 1e-6, 5);

/** Fewer people than this cannot vouch for the 1 in 1000 that a door needs at least (4,950 pairs). */
const fewestPeople = 100;

/**
 * A quantile rests on at least so many close pairs. The nearest one or two of a million are mostly one person under two
 * names (LFW has such pairs, and so will any collection): read off them, the strictest threshold would let nobody in.
 */
export const fewestPairs = 3;

/** Whose figures they are, and where they come from. */
export interface CalibrationOptions {
  /** Id of the embedder in the pack. */
  readonly embedder: string;
  /** For people: "LFW, one picture each of the people in no verification pair". */
  readonly source: string;
}

/**
 * The impostor distribution of one template each of many people, as a pack carries it. Rates that rest on fewer than
 * three close pairs are left out.
 *
 * @throws LimenError `evaluate.too-little` with fewer than 100 people.
 */
export function calibrationFrom(templates: readonly Template[], { embedder, source }: CalibrationOptions): Calibration {
  const people = templates.length;
  if (people < fewestPeople) {
    throw new LimenError('evaluate.too-little', `A face was found on the pictures of ${people} people only.`, {
      hint: `Impostor figures need one picture each of at least ${fewestPeople} different people; 1,000 and more let a door be strict.`,
    });
  }
  const impostorPairs = (people * (people - 1)) / 2;
  const supported = impostorRates.filter((rate) => Math.round(rate * impostorPairs) >= fewestPairs);
  const quantiles = impostorQuantiles(templates, supported).map(({ fmr, fmrUpper, distance }) => ({
    fmr,
    fmrUpper: Number(fmrUpper.toPrecision(4)),
    distance: Number(distance.toFixed(5)),
  }));
  const falling = quantiles.filter(({ distance }, i) => distance < (quantiles[i - 1]?.distance ?? 2));
  return { embedder, impostorPairs, people, source, quantiles: falling };
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
  const entries = templates.map((template, person) => ({ person, template }));
  const pairsOf = new Uint32Array(people).fill(people - 1);
  const { impostors } = compareAll(entries, { listedShare: Math.max(...rates) + 1 / pairs });
  return rates.map((rate) => {
    const count = Math.max(1, Math.round(rate * pairs));
    const perPerson = new Uint32Array(people);
    for (let i = 0; i < count; i++) {
      perPerson[impostors.first[i]!]! += 1;
      perPerson[impostors.second[i]!]! += 1;
    }
    return { fmr: rate, fmrUpper: upperBound(count, perPerson, pairsOf), distance: impostors.distances[count - 1]! };
  });
}

/** The `count` pairs that are nearest to each other, as indices: who collected the pictures can see whether somebody is in twice. */
export function closestPairs(
  templates: readonly Template[],
  count: number,
): [a: number, b: number, distance: number][] {
  const { impostors } = compareAll(templates.map((template, person) => ({ person, template })));
  const { first, second, distances } = impostors;
  return Array.from(distances.subarray(0, count), (distance, i) => [first[i]!, second[i]!, distance]);
}

/**
 * Upper 95 % bound of the rate at which impostor pairs are close, as {@link impostorQuantiles} has it.
 *
 * @param count how many pairs are close
 * @param perPerson in how many of them each person is
 * @param pairsOf in how many pairs, close or not, each person is
 */
export function upperBound(count: number, perPerson: ArrayLike<number>, pairsOf: ArrayLike<number>): number {
  const people = perPerson.length;
  const pairs = Array.from(pairsOf).reduce((sum, own) => sum + own, 0) / 2;
  const rate = count / pairs;
  const without = Array.from(perPerson, (own, person) => (count - own) / (pairs - (pairsOf[person] as number)));
  const mean = without.reduce((sum, value) => sum + value, 0) / people;
  const variance = ((people - 1) / people) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const designEffect = Math.max(1, variance / ((rate * (1 - rate)) / pairs));
  const effective = count / designEffect;
  return Math.min(1, (rate * poissonUpper(effective)) / effective);
}
