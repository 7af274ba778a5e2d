import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';

const mends = {
  missing: 'Check door.chipLabel and door.line with "limen doctor"; some lines cannot be outputs, or have no resistor.',
  busy: 'Run "limen doctor" to see who holds it, then stop that program or disable the overlay (SPI, I2C, UART …) that uses the pin.',
  denied:
    'Add the user limen runs as to the group "gpio" and install systemd/60-limen-gpio.rules, then restart; ' +
    'under systemd also check DeviceAllow= and ReadWritePaths= of the unit.',
  fault: 'Check the wiring and the kernel log (dmesg), then restart limen.',
  gone: 'The GPIO chip was unplugged or its driver unloaded: plug it in again.',
};

/**
 * Each refusal of the kernel, as a sentence about the line with its mend.
 *
 * @param holder who has the line, where the kernel says so
 */
export function lineError(name: string, cause: unknown, holder = ''): LimenError {
  if (isLimenError(cause)) return cause;
  const code = systemCodeOf(cause);
  switch (code) {
    case 'EINVAL':
    case 'ENOENT':
      return new LimenError('door.line-missing', `The kernel knows no usable line behind ${name} (${code}).`, {
        hint: mends.missing,
        cause,
      });
    case 'EBUSY': {
      const by = holder === '' ? 'another program or driver' : `"${holder}"`;
      return new LimenError('door.line-busy', `The line ${name} is held by ${by} (EBUSY).`, {
        hint: mends.busy,
        cause,
      });
    }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LimenError('door.denied', `limen may not use the line ${name} (${code}).`, {
        hint: mends.denied,
        cause,
      });
    case 'ENODEV':
    case 'ENXIO':
      return new LimenError('door.fault', `The line ${name} is gone (${code}).`, { hint: mends.gone, cause });
    default:
      return new LimenError('door.fault', `The line ${name} failed: ${messageOf(cause)}`, { hint: mends.fault, cause });
  }
}

/** Run `work`; what it throws becomes a {@link lineError}. */
export function guarded<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw lineError(name, cause);
  }
}

/** An output that does not read back as it was driven: two drivers on one wire, or a short. */
export function stuckLine(name: string): LimenError {
  return new LimenError('door.fault', `The line ${name} does not go to the level it is driven to.`, {
    hint: 'Something else drives this pin: disconnect what hangs on it and look for a short or for another program.',
  });
}
