/** Something that somebody said to hold from a day on. */
export interface HoldsFrom {
  /** The first day, `YYYY-MM-DD`; empty: every day until the next. */
  readonly from: string;
  /** The day on which it was said. */
  readonly saidOn: string;
}

/**
 * What holds from which day on, oldest day first, out of what was said in the order of saying. Whatever is said takes the
 * place of all that was said before about the days from its own until the one on which it is said: who knows today since
 * when something holds knows of those days. What was dated ahead of that stays ahead.
 */
export function inTurn<T extends HoldsFrom>(said: readonly T[]): T[] {
  const turns: T[] = [];
  for (const one of said) {
    const until = one.from > one.saidOn ? one.from : one.saidOn;
    const first = turns.findIndex(({ from }) => from >= one.from);
    const begin = first < 0 ? turns.length : first;
    const next = turns.findIndex(({ from }) => from > until);
    turns.splice(begin, (next < 0 ? turns.length : next) - begin, one);
  }
  return turns;
}
