import type { Template } from '../domain/template.ts';
import { inverseLength } from '../gallery/matcher.ts';
import { openFastestMatcher } from '../gallery/wasm-matcher.ts';
import { type Experiment, type OperatingPoint, operatingPointAt } from './operating-points.ts';
import { countBelow, type Scores, sortScores } from './scores.ts';
import type { Draw } from './statistics.ts';

/** A picture in an all-against-all comparison. */
export interface Entry {
  /** Index of the person, from 0. */
  readonly person: number;
  /** `null` where no face was found. */
  readonly template: Template | null;
}

/** Every picture compared with every other. */
export interface AllPairs extends Experiment {
  /** How many impostor comparisons fall into each of {@link histogramBins} equal parts of the distances from 0 to 2. */
  readonly histogram: Uint32Array;
}

/** Fine enough to read any rate above one in a thousand off it. */
export const histogramBins = 20_000;

/** More impostors than this are not listed: 2 million take 32 MB. */
const mostListed = 2_000_000;

/**
 * Compare all pictures with one another. Of the impostors the nearest `listedShare` are listed with their people (at
 * most two million); all are in the histogram.
 */
export function compareAll(entries: readonly Entry[], { listedShare = 0.03 }: { listedShare?: number } = {}): AllPairs {
  const rows = entries.flatMap(({ person, template }) => (template === null ? [] : { person, template }));
  const eachPair = pairsOf(rows.map(({ template }) => template));
  const histogram = new Uint32Array(histogramBins);
  const pairsOfOne = [...countByPerson(rows).values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const genuine = new Collection(pairsOfOne);
  eachPair((i, j, distance) => {
    const [first, second] = [rows[i]!.person, rows[j]!.person];
    if (first === second) genuine.add(distance, first, second);
    else histogram[binOf(distance)]! += 1;
  });
  const { bin: lastBin, count } = nearestBins(histogram, listedShare);
  const near = new Collection(count);
  eachPair((i, j, distance) => {
    if (binOf(distance) > lastBin) return;
    const [first, second] = [rows[i]!.person, rows[j]!.person];
    if (first !== second) near.add(distance, first, second);
  });
  return {
    genuine: genuine.sorted(genuineTotal(entries)),
    impostors: near.sorted(impostorTotal(rows)),
    histogram,
  };
}

/** Where the false acceptance rate equals the false rejection rate, to the width of a bin. */
export function equalErrorOf({ genuine, histogram, impostors }: AllPairs): number {
  const [genuineTotal, impostorTotal] = [genuine.total(), impostors.total()];
  let falselyAccepted = 0;
  let best = { rate: 0.5, gap: Number.POSITIVE_INFINITY };
  for (let bin = 0; bin < histogramBins; bin++) {
    const far = falselyAccepted / impostorTotal;
    const frr = 1 - countBelow(genuine, (bin * 2) / histogramBins) / genuineTotal;
    if (Math.abs(far - frr) < best.gap) best = { rate: (far + frr) / 2, gap: Math.abs(far - frr) };
    if (far >= frr) break;
    falselyAccepted += histogram[bin]!;
  }
  return best.rate;
}

/** FAR and TAR at any threshold: beyond the listed impostors by the histogram, which knows no draw. */
export function pointOf(threshold: number, experiment: AllPairs, draw?: Draw): OperatingPoint {
  const point = operatingPointAt(threshold, experiment, draw);
  const { distances } = experiment.impostors;
  if (threshold <= (distances.at(-1) ?? 0)) return point;
  const below = experiment.histogram.subarray(0, Math.round((threshold / 2) * histogramBins));
  return { ...point, far: below.reduce((sum, count) => sum + count, 0) / experiment.impostors.total() };
}

type Visit = (i: number, j: number, distance: number) => void;

/** Calls `visit` for each pair of templates, always in the same order. */
function pairsOf(templates: readonly Template[]): (visit: Visit) => void {
  const lengths = Float64Array.from(templates, (one) => inverseLength(one.data));
  const matcher = openFastestMatcher({
    dimensions: templates[0]?.data.length ?? 0,
    templates: templates.map(({ data }) => data),
    inverseLengths: Float32Array.from(lengths),
    owners: new Int32Array(templates.length),
  });
  const dots = new Int32Array(templates.length);
  return (visit) => {
    for (let i = 1; i < templates.length; i++) {
      matcher.dots(templates[i]!.data, dots);
      for (let j = 0; j < i; j++) visit(i, j, 1 - dots[j]! * lengths[i]! * lengths[j]!);
    }
  };
}

function binOf(distance: number): number {
  return Math.min(histogramBins - 1, Math.max(0, Math.floor((distance / 2) * histogramBins)));
}

function nearestBins(histogram: Uint32Array, share: number): { bin: number; count: number } {
  const wanted = Math.min(mostListed, share * histogram.reduce((sum, count) => sum + count, 0));
  let count = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    count += histogram[bin]!;
    if (count >= wanted) return { bin, count };
  }
  return { bin: histogram.length - 1, count };
}

/** Comparisons whose number is known beforehand, without an object for each. */
class Collection {
  readonly #distances: Float64Array;
  readonly #first: Uint32Array;
  readonly #second: Uint32Array;
  #count = 0;

  constructor(count: number) {
    this.#distances = new Float64Array(count);
    this.#first = new Uint32Array(count);
    this.#second = new Uint32Array(count);
  }

  add(distance: number, first: number, second: number): void {
    this.#distances[this.#count] = distance;
    this.#first[this.#count] = first;
    this.#second[this.#count] = second;
    this.#count += 1;
  }

  sorted(total: Scores['total']): Scores {
    return sortScores({ distances: this.#distances, first: this.#first, second: this.#second, total });
  }
}

/** A picture without a face is in its person's comparisons all the same: each of them is a rejection. */
function genuineTotal(entries: readonly Entry[]): Scores['total'] {
  const pictures = countByPerson(entries);
  return (draw?: Draw) => {
    let sum = 0;
    for (const [person, count] of pictures) sum += (draw?.[person] ?? 1) * ((count * (count - 1)) / 2);
    return sum;
  };
}

function impostorTotal(rows: readonly { person: number }[]): Scores['total'] {
  const pictures = countByPerson(rows);
  return (draw?: Draw) => {
    let [sum, squares] = [0, 0];
    for (const [person, count] of pictures) {
      const drawn = (draw?.[person] ?? 1) * count;
      sum += drawn;
      squares += drawn * drawn;
    }
    return (sum * sum - squares) / 2;
  };
}

function countByPerson(rows: readonly { person: number }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { person } of rows) counts.set(person, (counts.get(person) ?? 0) + 1);
  return counts;
}
