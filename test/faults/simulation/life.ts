import type { Clock } from '../../../src/domain/clock.ts';
import type { Timers } from '../../../src/domain/timers.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What code of a process that was killed meets when it tries to go on. */
export class Killed extends Error {}

/**
 * One life of a simulated process. Its code cannot be stopped in the middle, so it is cut off: its timers never ring,
 * its disk takes nothing, its connection is gone. What it had written by then is what the next life finds.
 */
export class Life {
  readonly timers: Timers;
  readonly #time: VirtualTime;
  readonly #bornMs: number;
  readonly #ends: (() => void)[] = [];
  #dead = false;
  #actsLeft = Number.POSITIVE_INFINITY;

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.timers = { after: (ms, run) => time.after(ms, () => !this.#dead && run()), random };
    this.#bornMs = time.nowMs;
  }

  get dead(): boolean {
    return this.#dead;
  }

  get ageMs(): number {
    return this.#time.nowMs - this.#bornMs;
  }

  /** A clock whose wall time is off by `offByMs()`; a clock that is off never claims to be synced. */
  clock(offByMs: () => number): Clock {
    return {
      now: () => new Date(this.#time.nowMs + offByMs()),
      monotonicMs: () => this.ageMs,
      quality: () => (offByMs() === 0 ? 'synced' : 'unsynced'),
    };
  }

  onEnd(end: () => void): void {
    this.#ends.push(end);
  }

  /** Let the life end just before its `acts`-th act from now: a write, a message. */
  killAtAct(acts: number): void {
    this.#actsLeft = acts;
  }

  /** To be called before every act. @throws Killed. */
  act(): void {
    if (!this.#dead && --this.#actsLeft <= 0) this.kill();
    if (this.#dead) throw new Killed('this process was killed');
  }

  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const end of this.#ends) end();
  }
}
