import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, systemCodeOf } from '../domain/errors.ts';

/** Where the kernel shows GPIO through sysfs, and where `onoff` looks. */
export const sysfsGpioRoot = '/sys/class/gpio';

/** One GPIO controller as sysfs shows it. Its base changes with the kernel: 0, 458, 512, 571 and 1008 have been seen. */
export interface GpioChip {
  readonly label: string;
  readonly base: number;
  readonly lines: number;
}

/**
 * The chips under `/sys/class/gpio`, by base.
 *
 * @throws LimenError `door.line-missing` when the kernel has no sysfs GPIO.
 */
export function listGpioChips(root: string = sysfsGpioRoot): GpioChip[] {
  return entriesOf(root)
    .filter((entry) => /^gpiochip\d+$/.test(entry))
    .map((entry) => readChip(join(root, entry)))
    .filter((chip) => chip !== null)
    .sort((a, b) => a.base - b.base);
}

/**
 * The global number sysfs knows a line by: the chip's base plus the line's offset.
 * Never the bare offset: on kernels since 6.6 a BCM number alone gives EINVAL, or another chip's line.
 *
 * @throws LimenError `door.line-missing`, its hint listing the chips that are there.
 */
export function resolveLine(
  { chipLabel, line }: { chipLabel: string; line: number },
  root: string = sysfsGpioRoot,
): number {
  const chips = listGpioChips(root);
  const [chip, ...others] = chips.filter((candidate) => candidate.label === chipLabel);
  if (chip === undefined) {
    throw new LimenError('door.line-missing', `No GPIO chip on this machine is labelled "${chipLabel}".`, {
      hint: chips.length === 0 ? hints.noChips : `Set door.chipLabel to one of: ${describeChips(chips)}.`,
    });
  }
  if (others.length > 0) {
    throw new LimenError('door.line-missing', `${others.length + 1} GPIO chips share the label "${chipLabel}".`, {
      hint: `Choose a line on a chip with a label of its own: ${describeChips(chips)}.`,
    });
  }
  if (line < 0 || line >= chip.lines) {
    throw new LimenError('door.line-missing', `GPIO chip "${chipLabel}" has no line ${line}.`, {
      hint: `Set door.line to a number from 0 to ${chip.lines - 1}; on a Raspberry Pi it is the BCM number.`,
    });
  }
  return chip.base + line;
}

/** `pinctrl-bcm2711 (58 lines), raspberrypi-exp-gpio (8 lines)`. */
export function describeChips(chips: readonly GpioChip[]): string {
  return chips.map((chip) => `${chip.label} (${chip.lines} lines)`).join(', ');
}

const hints = {
  noChips: 'No GPIO chip is there at all: check that this is the right machine and that its device tree enables GPIO.',
  noSysfs:
    'Run a kernel built with CONFIG_GPIO_SYSFS (Raspberry Pi OS and Debian have it), ' +
    'or set door.driver to "simulated" for a dry run.',
};

function entriesOf(root: string): string[] {
  try {
    return readdirSync(root);
  } catch (cause) {
    throw new LimenError('door.line-missing', `This machine offers no GPIO lines: ${root} cannot be read.`, {
      hint: hints.noSysfs,
      cause,
    });
  }
}

/** A chip may be unplugged (USB expanders) between listing and reading: that one is left out, all else is an error. */
function readChip(folder: string): GpioChip | null {
  try {
    const text = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
    return { label: text('label'), base: Number(text('base')), lines: Number(text('ngpio')) };
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT' && !existsSync(folder)) return null;
    throw new LimenError('door.line-missing', `The GPIO chip at ${folder} cannot be read.`, {
      hint: 'Run "limen doctor" as the user limen runs as; it needs to read /sys/class/gpio.',
      cause,
    });
  }
}
