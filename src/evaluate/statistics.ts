/** A 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** Mean and sample standard deviation (0 for a single value). */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** Mulberry32: small, and the same on every machine, so that a figure can be repeated to the last digit. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `values` in a random order (Fisher and Yates); the argument stays as it is. */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

/**
 * Two-sided 95 % interval of a share of independent trials (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for
 * small numbers). Never empty: no event in n trials still allows about 3.8 / n.
 */
export function shareInterval(events: number, trials: number): Interval {
  if (trials === 0) return [0, 1];
  const z2 = 1.959964 ** 2;
  const share = events / trials;
  const centre = share + z2 / (2 * trials);
  const half = Math.sqrt(z2 * ((share * (1 - share)) / trials + z2 / (4 * trials ** 2)));
  const scale = 1 + z2 / trials;
  const low = events === 0 ? 0 : (centre - half) / scale;
  const high = events === trials ? 1 : (centre + half) / scale;
  return [low, high];
}

/** One-sided upper 95 % bound of a Poisson mean after `count` events (chi-square, after Wilson & Hilferty 1931). */
export function poissonUpper(count: number): number {
  const degrees = 2 * (count + 1);
  const z95 = 1.6449;
  return (degrees / 2) * (1 - 2 / (9 * degrees) + z95 * Math.sqrt(2 / (9 * degrees))) ** 3;
}

/** How often each person was drawn in one round of a bootstrap. */
export type Draw = ArrayLike<number>;

/**
 * Percentile bootstrap (Efron & Tibshirani 1993) over people: each round draws as many people as there are, with
 * replacement, and `statistics` computes its figures with each person counted as often as drawn. The same at every run.
 */
export function bootstrap(
  people: number,
  statistics: (draw: Draw) => readonly number[],
  { rounds = 500, seed = 1 }: { rounds?: number; seed?: number } = {},
): Interval[] {
  const random = seeded(seed);
  const results: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const draw = new Uint16Array(people);
    for (let i = 0; i < people; i++) draw[Math.floor(random() * people)]! += 1;
    statistics(draw).forEach((value, i) => {
      results[i] ??= [];
      if (!Number.isNaN(value)) results[i]!.push(value);
    });
  }
  return results.map(middle95);
}

function middle95(values: number[]): Interval {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
