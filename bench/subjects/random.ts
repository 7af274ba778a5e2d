/** Mulberry32: small, and the same on every machine. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random directions: the cost of a search does not depend on whose faces they are. */
export function randomVectors(rows: number, dimensions: number): number[][] {
  const random = seeded(1);
  return Array.from({ length: rows }, () => Array.from({ length: dimensions }, () => random() - 0.5));
}
