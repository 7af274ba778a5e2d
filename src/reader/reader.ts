/** Whatever gives lines of text when somebody holds up a card or types a PIN. */
export interface Reader {
  /** For events: driver and device. */
  readonly name: string;
  /**
   * Lines as they come, without their ends, none longer than {@link longestLine}. What was there before the first call
   * is nobody's: it is not replayed to a door. Ends when `signal` aborts.
   *
   * @throws LimenError `reader.missing` when the device is not there, `reader.failed` when it ends or breaks.
   */
  lines(signal: AbortSignal): AsyncIterable<string>;
}

/** Longer ones are noise on the line, and are left out whole. */
export const longestLine = 200;
