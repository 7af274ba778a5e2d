import type { Clock } from '../domain/clock.ts';
import type { EventBodies, LimenEvent } from '../domain/event.ts';
import type { Verdict } from '../domain/verdict.ts';

export interface PunchClockOptions {
  /** What a punch at this terminal means. */
  readonly direction: 'in' | 'out';
  readonly clock: Clock;
  /** A second punch of the same person within this time is the same punch: they stood there a moment longer. */
  readonly debounceMs?: number;
  /** The journal's newest events: who has punched just before a restart has punched. */
  readonly recent?: readonly LimenEvent[];
}

/** Turns verdicts into punches: one per person and visit. */
export class PunchClock {
  readonly #direction: 'in' | 'out';
  readonly #clock: Clock;
  readonly #debounceMs: number;
  readonly #latest = new Map<string, number>();

  constructor({ direction, clock, debounceMs = 60_000, recent = [] }: PunchClockOptions) {
    this.#direction = direction;
    this.#clock = clock;
    this.#debounceMs = debounceMs;
    for (const event of recent) {
      if (event.kind !== 'punch.recorded') continue;
      const { personId } = event.body as EventBodies['punch.recorded'];
      // Only the wall clock survives a restart; where it stepped, the age is at least not negative.
      const ageMs = Math.max(0, clock.now().getTime() - Date.parse(event.at));
      this.#latest.set(personId, clock.monotonicMs() - ageMs);
    }
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
