/** Waiting and its chance, injected so that a simulation can let a day pass in a moment, and pass again the same. */
export interface Timers {
  /** Call `run` once, `ms` from now. Returns the way to call it off; calling that later, or twice, does nothing. */
  after(ms: number, run: () => void): () => void;
  /** 0 to 1, 1 excluded: for waits that differ, so that not everybody comes back at once. */
  readonly random: () => number;
}
