/** A level of an input since the kernel's time `atMs`: as it comes from a line, or as it is told once it has settled. */
export interface InputLevel {
  readonly active: boolean;
  readonly atMs: number;
}

/**
 * Tells a hand from a bouncing switch: a level counts once it has lasted `debounceMs`, and then once. It goes by the
 * kernel's times, so a press whose both ends were read late, after a stall, is seen as long as it was. What lasts
 * 400 ms (IEC 60839-11-1) is never lost while `debounceMs` and the bouncing together are no longer than that: the
 * configuration takes 200 ms at most, and no switch bounces for as long.
 * Pure: the caller keeps the timer, see {@link dueMs}.
 */
export class Debounce {
  readonly #debounceMs: number;
  #told: boolean;
  #level: InputLevel;
  #untold: InputLevel[] = [];

  /** `active`: the level found at the start, which is not told. */
  constructor({ debounceMs, active }: { readonly debounceMs: number; readonly active: boolean }) {
    this.#debounceMs = debounceMs;
    this.#told = active;
    this.#level = { active, atMs: Number.NEGATIVE_INFINITY };
  }

  /** An edge, in the order of their times. One that changes nothing means nothing. */
  take({ active, atMs }: InputLevel): void {
    if (active === this.#level.active) return;
    this.#settleBy(atMs);
    this.#level = { active, atMs };
  }

  /**
   * The levels that have settled by now and were not told yet; they alternate. `atMs` is when the level began.
   * After a stall, read the edges that wait before asking: `setImmediate` in the timer comes after them.
   */
  settle(nowMs: number): readonly InputLevel[] {
    this.#settleBy(nowMs);
    const settled = this.#untold;
    this.#untold = [];
    return settled;
  }

  /** When {@link settle} has something to tell; `null` while there is nothing to wait for. May be in the past. */
  get dueMs(): number | null {
    const [first] = this.#untold;
    if (first !== undefined) return first.atMs + this.#debounceMs;
    return this.#level.active === this.#told ? null : this.#level.atMs + this.#debounceMs;
  }

  #settleBy(nowMs: number): void {
    const { active, atMs } = this.#level;
    if (active === this.#told || nowMs < atMs + this.#debounceMs) return;
    this.#told = active;
    this.#untold.push(this.#level);
  }
}
