import { setTimeout as delay } from 'node:timers/promises';
import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { Lock, LockOptions } from './lock.ts';
import { type Gpio, type GpioConstructor, loadOnoff } from './onoff.ts';
import { writeRestFile } from './rest-file.ts';
import { resolveLine, sysfsGpioRoot } from './sysfs-gpio.ts';

/** Settings of a relay on a GPIO line. */
export interface OnoffLockOptions extends LockOptions {
  /** The chip's label; `limen doctor` lists them. */
  readonly chipLabel: string;
  /** Offset of the line within the chip: the BCM number on a Raspberry Pi. */
  readonly line: number;
  /** True when the low level releases the door. */
  readonly activeLow: boolean;
}

/** For tests only: another sysfs tree, another onoff. */
export interface OnoffLockParts {
  readonly sysfsRoot?: string;
  readonly loadGpio?: () => Promise<GpioConstructor>;
}

type Level = 0 | 1;

/**
 * A relay through sysfs and npm's `onoff`. The line is exported as `high` or `low`, never as `out`: `out` would first
 * drive it low, which is an opening pulse on an active-low relay.
 * It stays exported and driven after `close`: an output at rest is safer than an input that floats.
 *
 * @throws LimenError `door.driver-missing`, `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`,
 *   `file.unwritable`.
 */
export async function openLock(
  { chipLabel, line, activeLow, restFile }: OnoffLockOptions,
  { sysfsRoot = sysfsGpioRoot, loadGpio = loadOnoff }: OnoffLockParts = {},
): Promise<Lock> {
  const gpioNumber = resolveLine({ chipLabel, line }, sysfsRoot);
  const name = `onoff ${chipLabel} line ${line} (gpio ${gpioNumber}), active ${activeLow ? 'low' : 'high'}`;
  const rest: Level = activeLow ? 1 : 0;
  const Gpio = await loadGpio();
  writeRestFile(restFile, { kind: 'gpio', sysfs: sysfsRoot, gpio: gpioNumber, label: chipLabel, line, rest });
  const gpio = await openAtRest({ Gpio, gpioNumber, name, rest });
  return lockOn(gpio, { name, rest });
}

function lockOn(gpio: Gpio, { name, rest }: { name: string; rest: Level }): Lock {
  const drive = (level: Level) => guarded(name, () => gpio.writeSync(level));
  return {
    name,
    release: () => drive(rest === 0 ? 1 : 0),
    secure: () => drive(rest),
    read: () => (guarded(name, () => gpio.readSync()) === rest ? 'secured' : 'released'),
    close: () => drive(rest),
  };
}

/** udev hands a freshly exported line to its group a moment after the export; onoff itself waits only milliseconds. */
const udevPatience = { tries: 20, everyMs: 100 };

async function openAtRest(wanted: {
  Gpio: GpioConstructor;
  gpioNumber: number;
  name: string;
  rest: Level;
}): Promise<Gpio> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return takeLine(wanted);
    } catch (error) {
      const mayComeTrue = isLimenError(error, 'door.denied') && attempt < udevPatience.tries;
      if (!mayComeTrue) throw error;
      await delay(udevPatience.everyMs);
    }
  }
}

function takeLine({
  Gpio,
  gpioNumber,
  name,
  rest,
}: {
  Gpio: GpioConstructor;
  gpioNumber: number;
  name: string;
  rest: Level;
}): Gpio {
  const gpio = guarded(name, () => new Gpio(gpioNumber, rest === 1 ? 'high' : 'low', { activeLow: false }));
  // onoff ignores every error of a line that was already exported (after a crash it is), so look at what came of it.
  if (guarded(name, () => gpio.direction()) !== 'out' || guarded(name, () => gpio.activeLow())) {
    throw new LimenError('door.denied', `The door's line ${name} cannot be made an output.`, { hint: mends.EACCES });
  }
  const level = guarded(name, () => gpio.readSync());
  if (level !== rest) {
    throw new LimenError('door.fault', `The door's line ${name} does not go to its rest level.`, {
      hint: 'Something else drives this pin: disconnect the relay and look for a short or for another program.',
    });
  }
  return gpio;
}

function guarded<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw lineError(name, cause);
  }
}

const mends = {
  EINVAL: 'Check door.chipLabel and door.line with "limen doctor"; some lines cannot be outputs.',
  EBUSY:
    'Run "gpioinfo" to see who holds it, then stop that program or disable the overlay (SPI, I2C, UART …) that uses the pin.',
  EACCES:
    'Add the user limen runs as to the group "gpio" and install systemd/60-limen-gpio.rules, then restart; ' +
    'under systemd also check ReadWritePaths= in limen.service.',
};

/** Each refusal of the kernel, as a sentence about the door with its mend. */
function lineError(name: string, cause: unknown): LimenError {
  switch (systemCodeOf(cause)) {
    case 'EINVAL':
      return new LimenError('door.line-missing', `The kernel knows no usable line behind ${name} (EINVAL).`, {
        hint: mends.EINVAL,
        cause,
      });
    case 'EBUSY':
      return new LimenError('door.line-busy', `The door's line ${name} is held by another program or driver (EBUSY).`, {
        hint: mends.EBUSY,
        cause,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LimenError('door.denied', `limen may not use the door's line ${name} (${systemCodeOf(cause)}).`, {
        hint: mends.EACCES,
        cause,
      });
    default:
      return new LimenError('door.fault', `The door's line ${name} failed: ${messageOf(cause)}`, {
        hint: 'Check the wiring and the kernel log (dmesg), then restart limen.',
        cause,
      });
  }
}
