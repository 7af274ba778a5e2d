import { timesMatrix } from '../domain/projection.ts';
import { bootstrap, type Draw, type Interval, seeded, shuffled } from '../evaluate/statistics.ts';
import type { Enrolled } from './enrolled.ts';

/** One template, tried against all the others: cosines to the nearest of its own person and of the others. */
export interface Try {
  readonly person: number;
  readonly own: number;
  readonly other: number;
}

/** Rows of the chosen people only, their owners unchanged. */
export function subset({ dimensions, rows, owners }: Enrolled, people: ReadonlySet<number>): Enrolled {
  const kept = [...owners.keys()].filter((row) => people.has(owners[row] as number));
  const chosen = new Float32Array(kept.length * dimensions);
  kept.forEach((row, i) => {
    chosen.set(rows.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  });
  return { dimensions, rows: chosen, owners: Int32Array.from(kept, (row) => owners[row] as number) };
}

/** People in `count` parts of about the same size, by chance, the same at every run. */
export function foldsOf(people: readonly number[], count: number, seed = 1): number[][] {
  const order = shuffled(people, seeded(seed));
  return Array.from({ length: count }, (_, fold) => order.filter((_person, i) => i % count === fold));
}

/** The rows after a projection, each of unit length. */
export function projectRows({ dimensions, rows, owners }: Enrolled, matrix: Float32Array): Enrolled {
  const projected = new Float32Array(rows.length);
  for (let row = 0; row < owners.length; row++) {
    const values = timesMatrix(matrix, rows.subarray(row * dimensions, (row + 1) * dimensions));
    const length = Math.hypot(...values);
    for (let i = 0; i < dimensions; i++) projected[row * dimensions + i] = (values[i] as number) / length;
  }
  return { dimensions, rows: projected, owners };
}

/** Every template as a probe, the rest as the gallery. */
export function triesIn({ dimensions, rows, owners }: Enrolled): Try[] {
  const count = owners.length;
  return Array.from(owners, (person, probe) => {
    let own = -1;
    let other = -1;
    for (let row = 0; row < count; row++) {
      if (row === probe) continue;
      let cosine = 0;
      for (let i = 0; i < dimensions; i++) cosine += rows[probe * dimensions + i]! * rows[row * dimensions + i]!;
      if (owners[row] !== person) other = Math.max(other, cosine);
      else own = Math.max(own, cosine);
    }
    return { person, own, other };
  }).filter(({ own }) => own > -1);
}

/**
 * FNIR at an FPIR: each probe tries once as who it is and once as a stranger, its own person out of the gallery. The
 * threshold is the loosest at which no more than `fpir` of the strangers are accepted.
 *
 * @param weights how often each person counts
 */
export function missesAt(tries: readonly Try[], fpir: number, weights?: Draw): { misses: number; attempts: number } {
  const weightOf = ({ person }: Try) => weights?.[person] ?? 1;
  const attempts = tries.reduce((sum, one) => sum + weightOf(one), 0);
  let allowed = fpir * attempts + 1e-9;
  let threshold = Number.NEGATIVE_INFINITY;
  for (const one of tries.toSorted((a, b) => b.other - a.other)) {
    allowed -= weightOf(one);
    if (allowed >= 0) continue;
    threshold = weightOf(one) > 0 ? one.other : threshold;
    if (threshold > Number.NEGATIVE_INFINITY) break;
  }
  const misses = tries.reduce((sum, one) => sum + (one.own > threshold && one.own > one.other ? 0 : weightOf(one)), 0);
  return { misses, attempts };
}

/** The same held-out people in two spaces, one entry per fold. */
export interface Compared {
  readonly plain: readonly Try[];
  readonly adapted: readonly Try[];
}

/** FNIR with the projection and without, on people it had not seen. */
export interface HeldOut {
  readonly people: number;
  readonly attempts: number;
  readonly fpir: number;
  readonly plain: number;
  readonly adapted: number;
  /** adapted − plain, with a 95 % interval of a paired bootstrap over people. */
  readonly difference: number;
  readonly interval95: Interval;
}

/** Compare over all folds. `people` is how many there are, the indices in the tries below it. */
export function compare(folds: readonly Compared[], { people, fpir }: { people: number; fpir: number }): HeldOut {
  const figures = (weights?: Draw) => {
    const rate = (of: keyof Compared) => {
      const sums = folds.map((fold) => missesAt(fold[of], fpir, weights));
      return sums.reduce((sum, { misses }) => sum + misses, 0) / sums.reduce((sum, { attempts }) => sum + attempts, 0);
    };
    return { plain: rate('plain'), adapted: rate('adapted') };
  };
  const whole = figures();
  const [interval95] = bootstrap(people, (draw) => {
    const { plain, adapted } = figures(draw);
    return [adapted - plain];
  });
  return {
    people: new Set(folds.flatMap(({ plain }) => plain.map(({ person }) => person))).size,
    attempts: folds.reduce((sum, { plain }) => sum + plain.length, 0),
    fpir,
    ...whole,
    difference: whole.adapted - whole.plain,
    interval95: interval95 as Interval,
  };
}
