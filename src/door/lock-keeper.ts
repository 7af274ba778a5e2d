import { LimenError } from '../domain/errors.ts';
import type { Lock } from './lock.ts';

/** One opening: from the first release until the line is at rest again. Milliseconds of a clock that never steps. */
export interface Opening {
  readonly releasedAtMs: number;
  readonly endsAtMs: number;
}

/**
 * The opening after one more lease: never shorter than it was, never past the longest pulse from its first release.
 * `null` means that the door is at rest and this lease starts a new opening.
 */
export function extendOpening(
  opening: Opening | null,
  { nowMs, leaseMs, longestPulseMs }: { nowMs: number; leaseMs: number; longestPulseMs: number },
): Opening {
  const releasedAtMs = opening?.releasedAtMs ?? nowMs;
  const asked = Math.max(opening?.endsAtMs ?? 0, nowMs + leaseMs);
  return { releasedAtMs, endsAtMs: Math.min(asked, releasedAtMs + longestPulseMs) };
}

/** What a {@link LockKeeper} needs. */
export interface LockKeeperOptions {
  readonly lock: Lock;
  readonly longestPulseMs: number;
  readonly silenceMs: number;
  /** An opening ended, and the line is at rest. */
  readonly onSecured: (cause: string, openMs: number) => void;
  /** The line does not go to rest. Nothing is left to try in this process. */
  readonly onStuck: (error: unknown) => void;
}

/**
 * Holds a lock to its leases. While it lives, the line is released only as long as a lease runs and its holder is
 * heard of, and no opening outlasts the longest pulse, whatever is asked.
 */
export class LockKeeper {
  readonly #options: LockKeeperOptions;
  #opening: Opening | null = null;
  #leaseTimer: NodeJS.Timeout | undefined;
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(options: LockKeeperOptions) {
    this.#options = options;
  }

  /**
   * Release the line for at most `leaseMs`, or extend the opening that runs.
   * Returns how many milliseconds from now the opening lasts.
   *
   * @throws LimenError `door.fault`; the line is then at rest.
   */
  lease(leaseMs: number): number {
    const nowMs = performance.now();
    this.#opening = extendOpening(this.#opening, { nowMs, leaseMs, longestPulseMs: this.#options.longestPulseMs });
    // The end is set before the line moves: there is no moment in which it is released without one.
    clearTimeout(this.#leaseTimer);
    const grantedMs = this.#opening.endsAtMs - nowMs;
    this.#leaseTimer = setTimeout(() => this.secure('lease-ended'), grantedMs);
    this.heard();
    try {
      this.#drive('released');
    } catch (error) {
      this.secure('fault');
      throw error;
    }
    return Math.round(grantedMs);
  }

  /** The holder of the lease is alive. */
  heard(): void {
    clearTimeout(this.#silenceTimer);
    if (this.#opening === null) return;
    this.#silenceTimer = setTimeout(() => this.secure('silence'), this.#options.silenceMs);
  }

  /** Rest level now. It is driven even when no lease runs: asking twice is never wrong. */
  secure(cause: string): void {
    clearTimeout(this.#leaseTimer);
    clearTimeout(this.#silenceTimer);
    const opening = this.#opening;
    this.#opening = null;
    try {
      this.#drive('secured');
    } catch (error) {
      this.#options.onStuck(error);
      return;
    }
    if (opening !== null) this.#options.onSecured(cause, Math.round(performance.now() - opening.releasedAtMs));
  }

  /** What the line reads back, and what is left of the lease. A line that left rest by itself is driven back first. */
  state(): { state: 'secured' | 'released'; leaseMs: number } {
    if (this.#opening === null && this.#options.lock.read() !== 'secured') this.secure('line-moved');
    const leaseMs = this.#opening === null ? 0 : Math.max(0, Math.round(this.#opening.endsAtMs - performance.now()));
    return { state: this.#options.lock.read(), leaseMs };
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
