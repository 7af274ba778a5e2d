/** Nobody reads what changes faster. */
const leastMs = 300;

/**
 * Holds a value still: a new one counts once it has lasted, so that a face at the edge of a quality gate does not make the
 * screen flicker between two sentences.
 */
export class Steady<T> {
  #value: T;
  #candidate: T;
  #sinceMs = Number.NEGATIVE_INFINITY;

  constructor(initial: T) {
    this.#value = initial;
    this.#candidate = initial;
  }

  /** What is to be shown, now that `value` was seen at `atMs`. */
  take(value: T, atMs: number): T {
    if (value !== this.#candidate) {
      this.#candidate = value;
      this.#sinceMs = atMs;
    }
    if (atMs - this.#sinceMs >= leastMs) this.#value = this.#candidate;
    return this.#value;
  }

  /** From now on `value`, at once. */
  reset(value: T): void {
    this.#value = value;
    this.#candidate = value;
    this.#sinceMs = Number.NEGATIVE_INFINITY;
  }
}
