/** One point of the measured impostor distribution: how often two strangers are at most `distance` apart. */
export interface ImpostorQuantile {
  /** False match rate of one comparison at this distance. */
  readonly fmr: number;
  /** Upper 95 % confidence bound of that rate (Clopper–Pearson over people, not pairs, where the pairs share people). */
  readonly fmrUpper: number;
  /** 1 − cosine. */
  readonly distance: number;
}

/** What a pack knows about strangers: measured, with the data behind it. */
export interface Calibration {
  readonly embedder: string;
  readonly impostorPairs: number;
  readonly people: number;
  readonly source: string;
  /** Ordered by falling `fmr` (and so by falling distance). */
  readonly quantiles: readonly ImpostorQuantile[];
}
