import { LimenError } from '../domain/errors.ts';
import type { Lock } from './lock.ts';
import {
  endOf,
  extendOpening,
  type LockAsk,
  type LockLimits,
  type LockMemory,
  leftInLockdown,
  lockAtRest,
  refusalOf,
} from './lock-rules.ts';

/** What a {@link LockKeeper} needs. */
export interface LockKeeperOptions extends LockLimits {
  readonly lock: Lock;
  /** An opening ended, and the line is at rest. */
  readonly onSecured: (cause: string, openMs: number) => void;
  /** The line does not go to rest. Nothing is left to try in this process. */
  readonly onStuck: (error: unknown) => void;
}

/**
 * Holds a lock to the rules. While it lives, the line is released only as long as a lease runs and its holder is
 * heard of, and no opening outlasts its limit, whatever is asked.
 */
export class LockKeeper {
  readonly #options: LockKeeperOptions;
  #memory: LockMemory = lockAtRest;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LockKeeperOptions) {
    this.#options = options;
  }

  /**
   * Release the line for as long as is asked and allowed, or extend the opening that runs.
   * Returns how many milliseconds from now the opening lasts.
   *
   * @throws LimenError `door.lockdown`, `door.hold-refused`; `door.fault`, the line is then at rest.
   */
  ask(ask: LockAsk): number {
    const nowMs = performance.now();
    const refusal = refusalOf(this.#memory, ask, this.#options);
    if (refusal !== null) throw refused[refusal === 'door.lockdown' ? 'lockdown' : 'hold']();
    const opening = extendOpening(this.#memory.opening, ask, { nowMs, limits: this.#options });
    // The end is set before the line moves: there is no moment in which it is released without one.
    this.#remember({ ...this.#memory, opening, heardAtMs: nowMs });
    try {
      this.#drive('released');
    } catch (error) {
      this.secure('fault');
      throw error;
    }
    return Math.round(opening.endsAtMs - nowMs);
  }

  /** The holder of the lease is alive. */
  heard(): void {
    this.#remember({ ...this.#memory, heardAtMs: performance.now() });
  }

  /** Rest level now. It is driven even when no lease runs: asking twice is never wrong. */
  secure(cause: string): void {
    const { opening } = this.#memory;
    this.#remember({ ...this.#memory, opening: null });
    try {
      this.#drive('secured');
    } catch (error) {
      this.#options.onStuck(error);
      return;
    }
    if (opening !== null) this.#options.onSecured(cause, Math.round(performance.now() - opening.releasedAtMs));
  }

  /** Refuse everything but egress until {@link lift}. An opening ends, unless somebody is on the way out. */
  lockdown(): void {
    const opening = leftInLockdown(this.#memory.opening, performance.now());
    this.#remember({ ...this.#memory, lockdown: true });
    if (opening === null) this.secure('lockdown');
    else this.#remember({ ...this.#memory, opening });
  }

  /** The end of lockdown. */
  lift(): void {
    this.#remember({ ...this.#memory, lockdown: false });
  }

  /** What the line reads back, and what is left of the lease. A line that left rest by itself is driven back first. */
  state(): { state: 'secured' | 'released'; leaseMs: number } {
    const { opening } = this.#memory;
    if (opening === null && this.#options.lock.read() !== 'secured') this.secure('line-moved');
    const leaseMs = opening === null ? 0 : Math.max(0, Math.round(opening.endsAtMs - performance.now()));
    return { state: this.#options.lock.read(), leaseMs };
  }

  #remember(memory: LockMemory): void {
    this.#memory = memory;
    clearTimeout(this.#timer);
    const end = endOf(memory, this.#options);
    if (end === null) return;
    // A timer may fire a moment early; nothing but the rules says that it is over.
    this.#timer = setTimeout(() => this.#endIfOver(), Math.max(0, end.atMs - performance.now()));
  }

  /**
   * After a stall of our own, the beats of a holder that is well may lie unread in the socket: before its silence ends an
   * opening, there is one turn of the loop, in which they are read. There is never a second one.
   */
  #endIfOver(hasLooked = false): void {
    const end = endOf(this.#memory, this.#options);
    if (end === null) return;
    if (performance.now() < end.atMs) this.#remember(this.#memory);
    else if (end.cause === 'silence' && !hasLooked) setImmediate(() => this.#endIfOver(true));
    else this.secure(end.cause);
  }

  #drive(wanted: 'secured' | 'released'): void {
    const { lock } = this.#options;
    if (wanted === 'released') lock.release();
    else lock.secure();
    const seen = lock.read();
    if (seen === wanted) return;
    throw new LimenError('door.fault', `The lock ${lock.name} was driven to "${wanted}" but reads back "${seen}".`, {
      hint: 'Check the wiring of the relay, and that no other program drives the same line.',
    });
  }
}

const refused = {
  lockdown: () =>
    new LimenError('door.lockdown', 'The door is in lockdown and opens for nobody.', {
      hint: 'Lift it: with the key switch, or with a command from the hub.',
    }),
  hold: () =>
    new LimenError('door.hold-refused', 'This door has no free access.', {
      hint: 'Set door.longestHoldMs to the longest time it may stand unlocked.',
    }),
};
