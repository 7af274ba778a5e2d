/**
 * The metal: one output that holds a door shut or lets it go. Drivers: `simulated`, `onoff`.
 * It knows no time and no reasons; the lock process above it does.
 */
export interface Lock {
  /** For people: `onoff pinctrl-bcm2711 line 17 (gpio 529), active high`. */
  readonly name: string;
  /** Drive the line so that the door can be opened. @throws LimenError `door.fault`. */
  release(): void;
  /** Drive the line to its rest level: the door is held shut. @throws LimenError `door.fault`. */
  secure(): void;
  /** What the line reads back. */
  read(): 'secured' | 'released';
  /** Rest level first, then let go of the line. */
  close(): void;
}

/** What every driver is told besides its own settings. All of it travels to the lock process as JSON. */
export interface LockOptions {
  /** Where the driver writes down how its line is brought to rest without Node; see `systemd/limen-rest`. */
  readonly restFile: string;
}

/** A driver's module: a file that exports `openLock`. The lock process imports it by URL and knows no driver by name. */
export interface LockDriver {
  /**
   * Take the line, at its rest level from the first moment.
   *
   * @throws LimenError `door.driver-missing`, `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`.
   */
  openLock(options: LockOptions): Lock | Promise<Lock>;
}
