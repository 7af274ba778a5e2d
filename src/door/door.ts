import type { DoorAlarm, DoorState } from '../domain/door-state.ts';

export type { DoorAlarm, DoorState };

/** Everything that is true of a door right now. */
export interface DoorStatus {
  readonly state: DoorState;
  /** What brought it into this state: `face`, `rex`, `command`, `lease-ended` … */
  readonly cause: string;
  /** `null` at a door without a contact, and while the contact cannot be read. */
  readonly contact: 'open' | 'closed' | null;
  readonly alarms: readonly DoorAlarm[];
  /** Opens for nobody, whatever `state` says. */
  readonly lockdown: boolean;
  /** Free access was asked for and not ended. */
  readonly holding: boolean;
}

/** Why a door is to be opened, for the journal. */
export interface UnlockRequest {
  /** `face`, `card`, `pin`, `command` … */
  readonly cause: string;
  readonly personId: string | null;
  /** The longer pulse, for people who need more time. */
  readonly extended?: boolean;
}

/** Somebody who was let in really went through the door. */
export interface Passage {
  readonly personId: string | null;
  readonly cause: string;
}

/** What the people before the door are shown for a moment. */
export type DoorSignal = 'busy' | 'denied';

/** A door as the rest of limen sees it. */
export interface Door {
  readonly name: string;
  readonly state: DoorState;
  readonly status: DoorStatus;
  /**
   * Let the door be opened for one pulse, then lock it. A call while it is unlocked is a pulse of its own: the deadline
   * is the later of the two. Resolves when the line reads back as released.
   *
   * @throws LimenError `door.lockdown`; `door.fault` or `door.lock-process-failed`, the door is then at rest.
   *   What is thrown is the caller's to report; faults that nobody asked about are reported by the door itself.
   */
  unlock(request: UnlockRequest): Promise<void>;
  /**
   * Take back what was granted and not used: locks, unless the door was opened, stands in free access, or is somebody's
   * way out. Does nothing then, nor at a door that is locked.
   */
  withdraw(cause: string): Promise<void>;
  /**
   * Lock now, whatever is running, free access included.
   *
   * @throws LimenError `door.fire` while a fire keeps it open: free access is over all the same.
   */
  lock(cause: string): Promise<void>;
  /**
   * Free access: everybody may open the door until {@link endHold}, at most for `door.longestHoldMs`.
   *
   * @throws LimenError `door.hold-refused` when that is 0; and as {@link unlock}.
   */
  hold(cause: string): Promise<void>;
  /** The end of free access. Does nothing when there is none. */
  endHold(cause: string): Promise<void>;
  /**
   * Open for nobody until {@link lift}, whatever happens to limen or the machine. Requests to exit and fire still
   * open: egress is never blocked. Resolves when the lock process refuses, and that is durable.
   */
  lockdown(cause: string): Promise<void>;
  /** @throws LimenError `door.lockdown` while the lockdown key is turned: who turned it has to turn it back. */
  lift(cause: string): Promise<void>;
  /** Show the people before the door, for a moment, that they were seen or refused. */
  signal(signal: DoorSignal): void;
  /** Lock, then release the hardware. */
  close(): Promise<void>;
}
