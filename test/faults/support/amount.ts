const { LIMEN_FAULTS_LONG: long, LIMEN_FAULTS_RUNS: runs } = process.env;

/** How many runs a scenario makes: few by default, many with `npm run test:faults -- --long`, N with `--runs=N`. */
export function amount(of: { short: number; long: number }): number {
  if (runs !== undefined) return Number(runs);
  return long === '1' ? of.long : of.short;
}

/** The seed of one run to be repeated, from `LIMEN_FAULTS_SEED`; without it, seeds count up from one of the day's. */
export function seeds(count: number): number[] {
  const { LIMEN_FAULTS_SEED: only } = process.env;
  if (only !== undefined) return [Number(only)];
  const first = Math.floor(Math.random() * 2 ** 31);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** How long one scenario may take, in ms: AVA waits for it before it calls the whole run stuck. */
export const patienceMs = long === '1' || runs !== undefined ? 6 * 3_600_000 : 600_000;
