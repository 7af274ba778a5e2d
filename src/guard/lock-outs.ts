import { remainingMs } from '../access/rules/lock-out.ts';
import type { Memory } from '../access/rules/memory.ts';
import type { Clock } from '../domain/clock.ts';
import type { EventBodies, LimenEvent } from '../domain/event.ts';

/**
 * Who has to wait, and how long yet. Counted by the clock that only moves forward, so that setting the wall clock shortens no
 * wait; what was there before the start is counted by the wall clock, as far as that can be trusted.
 */
export class LockOuts {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(memory: Memory, clock: Clock) {
    this.#clock = clock;
    const wall = { nowMs: clock.now().getTime(), trusted: clock.quality() === 'synced' };
    for (const [key, failures] of Object.entries(memory.failures)) this.#wait(key, remainingMs(failures, wall));
  }

  /** The longest wait of these keys that is left; 0 for none. */
  remainingMs(keys: Iterable<string>): number {
    const nowMs = this.#clock.monotonicMs();
    let longest = 0;
    for (const key of keys) longest = Math.max(longest, (this.#untilMs.get(key) ?? nowMs) - nowMs);
    return longest;
  }

  /** Take in a row of the journal. */
  take({ kind, body }: LimenEvent): void {
    if (kind === 'access.factor-refused') {
      for (const [key, ms] of Object.entries((body as EventBodies['access.factor-refused']).waits)) this.#wait(key, ms);
    } else if (kind === 'access.factor-proven') {
      for (const key of (body as EventBodies['access.factor-proven']).keys) this.#untilMs.delete(key);
    } else if (kind === 'access.reset') {
      const { what, personId } = body as EventBodies['access.reset'];
      if (what !== 'lock-out') return;
      if (personId === null) this.#untilMs.clear();
      else this.#untilMs.delete(`person:${personId}`);
    }
  }

  #wait(key: string, ms: number): void {
    const untilMs = this.#clock.monotonicMs() + ms;
    if (ms > 0 && untilMs > (this.#untilMs.get(key) ?? 0)) this.#untilMs.set(key, untilMs);
  }
}
