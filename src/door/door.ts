/** Why a door was opened, for the journal. */
export interface UnlockRequest {
  readonly cause: string;
  readonly personId: string | null;
}

/** A door as the rest of limen sees it. */
export interface Door {
  readonly name: string;
  readonly state: 'locked' | 'unlocked' | 'fault';
  /**
   * Let the door be opened for one pulse, then lock it. A second call while it is unlocked extends the deadline,
   * never past the longest pulse and never shorter than it was. Resolves when the line reads back as released.
   *
   * @throws LimenError `door.fault` or `door.lock-process-failed`; the door is then at rest.
   *   What is thrown is the caller's to report; faults that nobody asked about are reported by the door itself.
   */
  unlock(request: UnlockRequest): Promise<void>;
  /** Lock now, whatever is running. */
  lock(cause: string): Promise<void>;
  /** Lock, then release the hardware. */
  close(): Promise<void>;
}
