import { seeded } from '../../src/evaluate/statistics.ts';

/** Random directions: the cost of a search does not depend on whose faces they are. */
export function randomVectors(rows: number, dimensions: number): number[][] {
  const random = seeded(1);
  return Array.from({ length: rows }, () => Array.from({ length: dimensions }, () => random() - 0.5));
}
