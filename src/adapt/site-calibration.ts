import type { Calibration } from '../domain/calibration.ts';
import { fewestPairs, impostorRates, upperBound } from '../evaluate/impostors.ts';
import type { Enrolled } from './enrolled.ts';

/**
 * The impostor distribution of people that a projection had not seen: per fold, all templates of different people. There
 * are few of them, so it reaches nowhere near as far as a pack's; the bounds say how far.
 *
 * Only rates with a few pairs of people behind them are given, because templates of the same two people are not
 * independent. Above that, the bound measures how dependent they are.
 */
export function siteCalibration(folds: readonly Enrolled[], embedder: string): Calibration {
  const pairs = folds.flatMap(impostorsIn).sort((a, b) => a.distance - b.distance);
  const people = [...new Set(folds.flatMap(({ owners }) => [...owners]))];
  const index = new Map(people.map((person, i) => [person, i]));
  const count = (some: readonly Impostors[]) => {
    const perPerson = new Uint32Array(people.length);
    for (const { a, b } of some) {
      perPerson[index.get(a) as number]! += 1;
      perPerson[index.get(b) as number]! += 1;
    }
    return perPerson;
  };
  const pairsOf = count(pairs);
  const independent = folds.reduce((sum, { owners }) => sum + pairsOfPeople(new Set(owners).size), 0);
  const quantiles = impostorRates
    .filter((rate) => rate * independent >= fewestPairs)
    .map((fmr) => {
      const close = Math.max(1, Math.round(fmr * pairs.length));
      const fmrUpper = Number(upperBound(close, count(pairs.slice(0, close)), pairsOf).toPrecision(4));
      return {
        fmr,
        fmrUpper: Math.max(fmr, fmrUpper),
        distance: Number((pairs[close - 1] as Impostors).distance.toFixed(5)),
      };
    });
  return {
    embedder,
    impostorPairs: pairs.length,
    people: people.length,
    source: "the site's own people, held out while the projection was learned",
    quantiles: quantiles.filter(({ distance }, i) => distance < (quantiles[i - 1]?.distance ?? 2)),
  };
}

/** Two templates of two people. */
interface Impostors {
  readonly a: number;
  readonly b: number;
  /** 1 − cosine. */
  readonly distance: number;
}

function impostorsIn({ dimensions, rows, owners }: Enrolled): Impostors[] {
  const found: Impostors[] = [];
  for (let i = 0; i < owners.length; i++) {
    for (let j = 0; j < i; j++) {
      if (owners[i] === owners[j]) continue;
      let cosine = 0;
      for (let k = 0; k < dimensions; k++) cosine += rows[i * dimensions + k]! * rows[j * dimensions + k]!;
      found.push({ a: owners[i] as number, b: owners[j] as number, distance: 1 - cosine });
    }
  }
  return found;
}

function pairsOfPeople(count: number): number {
  return (count * (count - 1)) / 2;
}
