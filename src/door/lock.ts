/**
 * The metal: what holds a door shut or lets it go. There is one, `line-lock.ts`, over whichever line of a GPIO driver.
 * It knows no time and no reasons; the lock process above it does.
 */
export interface Lock {
  /** For people: `gpiochip pinctrl-bcm2711 line 17, active high, fail-secure`. */
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
