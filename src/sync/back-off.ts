/** Waiting times that double from `firstMs` to `mostMs`, each shortened by up to a half at random, so that a site's terminals do not all return at once. */
export interface BackOff {
  nextMs(): number;
  reset(): void;
}

/** A {@link BackOff}; `random` gives 0 to 1 and is `Math.random` unless a test says otherwise. */
export function backOff(options: { firstMs: number; mostMs: number; random?: () => number }): BackOff {
  const random = options.random ?? Math.random;
  let currentMs = options.firstMs;
  return {
    nextMs: () => {
      const waitMs = currentMs * (1 - random() / 2);
      currentMs = Math.min(currentMs * 2, options.mostMs);
      return Math.round(waitMs);
    },
    reset: () => {
      currentMs = options.firstMs;
    },
  };
}
