/** Chance that can be had again: the same seed gives the same numbers. */
export interface Chance {
  /** 0 to 1, 1 excluded. */
  next(): number;
  /** True in so many of a hundred cases. */
  percent(of100: number): boolean;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty to tell days apart. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    percent: (of100) => next() * 100 < of100,
    pick: (from) => from[between(0, from.length - 1)]!,
  };
}
