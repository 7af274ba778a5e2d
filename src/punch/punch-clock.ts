import type { Clock } from '../domain/clock.ts';
import type { EventBodies } from '../domain/event.ts';
import type { Verdict } from '../domain/verdict.ts';

export interface PunchClockOptions {
  /** What a punch at this terminal means. */
  readonly direction: 'in' | 'out';
  readonly clock: Clock;
  /** A second punch of the same person within this time is the same punch: they stood there a moment longer. */
  readonly debounceMs?: number;
}

/** Turns verdicts into punches: one per person and visit. */
export class PunchClock {
  readonly #direction: 'in' | 'out';
  readonly #clock: Clock;
  readonly #debounceMs: number;
  readonly #latest = new Map<string, number>();

  constructor({ direction, clock, debounceMs = 60_000 }: PunchClockOptions) {
    this.#direction = direction;
    this.#clock = clock;
    this.#debounceMs = debounceMs;
  }

  /**
   * Hand the punch to `record`, unless this person has punched a moment ago. It counts as punched only once `record`
   * has returned: a punch that could not be written down may be tried again.
   */
  punch(verdict: Extract<Verdict, { kind: 'grant' }>, record: (punch: EventBodies['punch.recorded']) => void): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#latest.get(verdict.personId);
    if (before !== undefined && nowMs - before < this.#debounceMs) return;
    const { personId, name, evidence } = verdict;
    record({ personId, name, direction: this.#direction, evidence });
    this.#latest.set(personId, nowMs);
  }
}
