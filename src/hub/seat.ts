/** A right that one process at a time has, of all that work on the same books. It ends with the process, however that ends. */
export interface Seat {
  /**
   * Take the seat; `null` while another process has it.
   *
   * @throws LimenError `store.lost`, `store.refused`, `file.unwritable`.
   */
  take(): Promise<Seating | null>;
}

/** A seat that was taken. */
export interface Seating {
  /** Aborts when it cannot be told any more that this process alone has it. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * What there is one of: who writes to the retained topics; where the broker shares nothing out, the only hub process; and
 * who tells payrolls what happened.
 */
export type Duty = 'publisher' | 'only-process' | 'payroll';
