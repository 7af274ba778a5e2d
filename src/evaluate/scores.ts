import type { Draw } from './statistics.ts';

/**
 * Comparisons of one kind (of one person with themselves, or of two people), nearest first.
 * `first` and `second` say whom a comparison depends on: drawn twice by a bootstrap, a person counts twice.
 */
export interface Scores {
  /** 1 − cosine, ascending. Those farther than anybody asks about may be left out. */
  readonly distances: Float64Array;
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  /** All comparisons that count, listed or not, each as often as its people were drawn; without a draw, once. */
  readonly total: (draw?: Draw) => number;
}

/** One comparison before it is sorted. */
export interface Compared {
  readonly distance: number;
  readonly first: number;
  readonly second: number;
}

/** Sort comparisons. `unseen` are those that count and have no distance: no face was found in one of the pictures. */
export function scoresOf(compared: readonly Compared[], unseen: readonly Omit<Compared, 'distance'>[] = []): Scores {
  const all = [...compared, ...unseen];
  return sortScores({
    distances: Float64Array.from(compared, ({ distance }) => distance),
    first: Uint32Array.from(compared, ({ first }) => first),
    second: Uint32Array.from(compared, ({ second }) => second),
    total: (draw) => (draw ? all.reduce((sum, one) => sum + weightOf(one.first, one.second, draw), 0) : all.length),
  });
}

/** The same scores, nearest first. */
export function sortScores({ distances, first, second, total }: Scores): Scores {
  const order = new Uint32Array(distances.length).map((_, i) => i).sort((a, b) => distances[a]! - distances[b]!);
  return {
    distances: Float64Array.from(order, (i) => distances[i]!),
    first: Uint32Array.from(order, (i) => first[i]!),
    second: Uint32Array.from(order, (i) => second[i]!),
    total,
  };
}

/**
 * How often a comparison counts under a draw: a pair of two people once for each drawing of either (the pigeonhole
 * bootstrap; Owen 2007 shows that it is never too narrow on average, and too wide where people are hardly shared).
 */
export function weightOf(first: number, second: number, draw: Draw): number {
  return first === second ? draw[first]! : draw[first]! * draw[second]!;
}

/** Weighted number of comparisons with a distance below `threshold`. */
export function countBelow(scores: Scores, threshold: number, draw?: Draw): number {
  const { distances, first, second } = scores;
  if (draw === undefined) return lowerBound(distances, threshold);
  let sum = 0;
  for (let i = 0; i < distances.length && distances[i]! < threshold; i++) sum += weightOf(first[i]!, second[i]!, draw);
  return sum;
}

/** Index of the first element that is not below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
