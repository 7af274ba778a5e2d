import type { Clock } from '../domain/clock.ts';

/** What is known about another door: closed, open, or nothing that is still true. */
export type OtherDoor = 'closed' | 'open' | 'unknown';

/** The other doors of an interlock, as far as they were heard of. */
export class Neighbours {
  readonly #clock: Clock;
  readonly #heard = new Map<string, { readonly closed: boolean; readonly atMs: number }>();

  /** Told whenever something was heard. */
  onHeard: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Another terminal said how its door is; `null` when it is gone, or has no door. */
  heard(terminal: string, closed: boolean | null): void {
    if (closed === null) this.#heard.delete(terminal);
    else this.#heard.set(terminal, { closed, atMs: this.#clock.monotonicMs() });
    this.onHeard();
  }

  /** How a door is. What was heard longer ago than `staleAfterMs` is not known any more. */
  readonly stateOf = (terminal: string, staleAfterMs: number): OtherDoor => {
    const heard = this.#heard.get(terminal);
    if (heard === undefined || this.#clock.monotonicMs() - heard.atMs > staleAfterMs) return 'unknown';
    return heard.closed ? 'closed' : 'open';
  };
}
