import { remainingMs } from '../access/rules/lock-out.ts';
import type { Failures, Memory } from '../access/rules/memory.ts';
import type { Clock } from '../domain/clock.ts';
import type { EventBodies, LimenEvent } from '../domain/event.ts';

/**
 * Who has to wait, and how long yet. Counted by the clock that only moves forward, so that setting the wall clock shortens no
 * wait; what was there before the start is counted by the wall clock, as soon as that can be trusted.
 */
export class LockOuts {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();
  /** Waits from before the start, whole, because nobody has set the clock yet. */
  readonly #uncounted = new Map<string, Failures>();

  constructor(memory: Memory, clock: Clock) {
    this.#clock = clock;
    const wall = this.#wall();
    for (const [key, failures] of Object.entries(memory.failures)) {
      this.#wait(key, remainingMs(failures, wall));
      if (!wall.trusted) this.#uncounted.set(key, failures);
    }
  }

  /** The longest wait of these keys that is left; 0 for none. */
  remainingMs(keys: Iterable<string>): number {
    this.#count();
    const nowMs = this.#clock.monotonicMs();
    let longest = 0;
    for (const key of keys) longest = Math.max(longest, (this.#untilMs.get(key) ?? nowMs) - nowMs);
    return longest;
  }

  /** Take in a row of the journal. */
  take({ kind, body }: LimenEvent): void {
    if (kind === 'access.factor-refused') {
      for (const [key, ms] of Object.entries((body as EventBodies['access.factor-refused']).waits)) {
        this.#uncounted.delete(key);
        this.#wait(key, ms);
      }
    } else if (kind === 'access.factor-proven') {
      for (const key of (body as EventBodies['access.factor-proven']).keys) this.#untilMs.delete(key);
    } else if (kind === 'access.reset') {
      const { what, personId } = body as EventBodies['access.reset'];
      if (what !== 'lock-out') return;
      if (personId === null) this.#untilMs.clear();
      else this.#untilMs.delete(`person:${personId}`);
    }
  }

  /** Once the clock is set, what is left of the waits from before the start is known. */
  #count(): void {
    if (this.#uncounted.size === 0) return;
    const wall = this.#wall();
    if (!wall.trusted) return;
    for (const [key, failures] of this.#uncounted) {
      const untilMs = this.#untilMs.get(key);
      if (untilMs === undefined) continue;
      this.#untilMs.set(key, Math.min(untilMs, this.#clock.monotonicMs() + remainingMs(failures, wall)));
    }
    this.#uncounted.clear();
  }

  #wall(): { nowMs: number; trusted: boolean } {
    return { nowMs: this.#clock.now().getTime(), trusted: this.#clock.quality() === 'synced' };
  }

  #wait(key: string, ms: number): void {
    const untilMs = this.#clock.monotonicMs() + ms;
    if (ms > 0 && untilMs > (this.#untilMs.get(key) ?? 0)) this.#untilMs.set(key, untilMs);
  }
}
