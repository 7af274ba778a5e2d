import type { GpioDriver, LineSpec } from '../gpio/gpio.ts';
import { levelOf } from '../gpio/gpio.ts';
import type { Lock } from './lock.ts';
import { writeRestFile } from './rest-file.ts';

/**
 * What the relay does to hold the door shut. `fail-secure`: nothing, it is energised to open (a strike).
 * `fail-safe`: it is energised all the time, and lets go to open (a magnet). Rest is "held shut" in both.
 */
export type Wiring = 'fail-secure' | 'fail-safe';

/** How a lock is opened. All of it travels to the lock process as JSON. */
export interface LockOptions {
  /** URL of a module that is a `GpioDriver`. */
  readonly driver: string;
  /** The driver's own settings. */
  readonly driverOptions: object;
  /** The relay's line; `activeLow` is the relay board's: energised at the low level. */
  readonly line: LineSpec;
  readonly wiring: Wiring;
  /** Where it is written down how the line is brought to rest without Node; see `systemd/limen-rest`. */
  readonly restFile: string;
}

/**
 * Take the lock's line, at rest from the first moment. The rest file is written before that: a crash at any later
 * moment finds it there.
 *
 * @throws LimenError `door.driver-missing`, `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`,
 *   `file.unwritable`.
 */
export async function openLock({ driver, driverOptions, line, wiring, restFile }: LockOptions): Promise<Lock> {
  const { openGpio }: GpioDriver = await import(driver);
  const gpio = await openGpio(driverOptions);
  const rest = wiring === 'fail-safe';
  writeRestFile(restFile, { ...gpio.locate(line), rest: levelOf(rest, line) });
  const output = await gpio.openOutput({ ...line, initial: rest, consumer: 'limen-lock' });
  let isOpen = true;
  return {
    name: `${output.name}, ${wiring}`,
    release: () => output.write(!rest),
    secure: () => output.write(rest),
    read: () => (isOpen && output.read() !== rest ? 'released' : 'secured'),
    close: () => {
      if (!isOpen) return;
      output.write(rest);
      isOpen = false;
      output.close();
    },
  };
}
