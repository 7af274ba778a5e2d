import { closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, systemCodeOf } from '../domain/errors.ts';
import type { LineSpec } from './gpio.ts';
import type { Libc } from './libc.ts';
import { ioctls, type LineInfo, lineInfoQuestion, readChipInfo, readLineInfo, sizes } from './uapi.ts';

/** A GPIO chip as its character device describes itself. */
export interface CharacterChip {
  /** `/dev/gpiochip0` */
  readonly path: string;
  readonly label: string;
  readonly lines: number;
}

/** The chips that can be opened, and the devices that cannot, each with its system error code. */
export interface CharacterChips {
  readonly chips: readonly CharacterChip[];
  readonly refused: readonly { readonly path: string; readonly code: string }[];
}

/** Look at every GPIO character device. Never throws. */
export function listCharacterChips(libc: Libc, folder = '/dev'): CharacterChips {
  const chips: CharacterChip[] = [];
  const refused: { path: string; code: string }[] = [];
  for (const path of devicesIn(folder)) {
    try {
      chips.push({ path, ...withChip(path, (fd) => chipInfo(libc, fd)) });
    } catch (error) {
      refused.push({ path, code: systemCodeOf(error) ?? 'failed' });
    }
  }
  return { chips, refused };
}

/**
 * The one chip with a label.
 *
 * @throws LimenError `door.line-missing`, its hint listing the chips that are there; `door.denied`.
 */
export function chipOf(
  { chipLabel, line }: Pick<LineSpec, 'chipLabel' | 'line'>,
  found: CharacterChips,
): CharacterChip {
  const [chip, ...others] = found.chips.filter(({ label }) => label === chipLabel);
  if (chip === undefined) throw noChip(chipLabel, found);
  if (others.length > 0) {
    throw new LimenError('door.line-missing', `${others.length + 1} GPIO chips share the label "${chipLabel}".`, {
      hint: `Choose a line on a chip with a label of its own: ${describeChips(found.chips)}.`,
    });
  }
  if (line < 0 || line >= chip.lines) {
    throw new LimenError('door.line-missing', `GPIO chip "${chipLabel}" has no line ${line}.`, {
      hint: `Set the line to a number from 0 to ${chip.lines - 1}; on a Raspberry Pi it is the BCM number.`,
    });
  }
  return chip;
}

/** `pinctrl-bcm2711 (58 lines), raspberrypi-exp-gpio (8 lines)`. */
export function describeChips(chips: readonly { readonly label: string; readonly lines: number }[]): string {
  return chips.map(({ label, lines }) => `${label} (${lines} lines)`).join(', ');
}

/** What the kernel says about one line. @throws Error with a system code. */
export function lineInfo(libc: Libc, path: string, line: number): LineInfo {
  return withChip(path, (fd) => readInfo(libc, fd, line));
}

/** The same for every line of a chip. @throws Error with a system code. */
export function allLineInfo(libc: Libc, { path, lines }: CharacterChip): LineInfo[] {
  return withChip(path, (fd) => Array.from({ length: lines }, (_, line) => readInfo(libc, fd, line)));
}

/** Open a chip's device for as long as `work` runs. */
export function withChip<T>(path: string, work: (fd: number) => T): T {
  const fd = openSync(path, constants.O_RDWR);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function chipInfo(libc: Libc, fd: number): { label: string; lines: number } {
  const bytes = Buffer.alloc(sizes.chipInfo);
  libc.ioctl(fd, ioctls.chipInfo, bytes);
  const { label, lines } = readChipInfo(bytes);
  return { label, lines };
}

function readInfo(libc: Libc, fd: number, line: number): LineInfo {
  const bytes = lineInfoQuestion(line);
  libc.ioctl(fd, ioctls.lineInfo, bytes);
  return readLineInfo(bytes);
}

/** Links are left out: Raspberry Pi OS has /dev/gpiochip4 as a second name of /dev/gpiochip0 on a Pi 5. */
function devicesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^gpiochip\d+$/.test(name))
    .sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)))
    .map((name) => join(folder, name))
    .filter((path) => !lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink());
}

function noChip(chipLabel: string, { chips, refused }: CharacterChips): LimenError {
  const denied = refused.filter(({ code }) => code === 'EACCES' || code === 'EPERM');
  if (denied.length > 0) {
    const names = denied.map(({ path }) => path).join(', ');
    return new LimenError('door.denied', `limen may not look at ${names}, to find the GPIO chip "${chipLabel}".`, {
      hint:
        'Add the user limen runs as to the group "gpio" and install systemd/60-limen-gpio.rules, then restart; ' +
        'under systemd also check DeviceAllow= of the unit.',
    });
  }
  if (chips.length > 0) {
    return new LimenError('door.line-missing', `No GPIO chip on this machine is labelled "${chipLabel}".`, {
      hint: `Set chipLabel to one of: ${describeChips(chips)}.`,
    });
  }
  return new LimenError(
    'door.line-missing',
    `This machine has no GPIO chip (ENOENT), so none labelled "${chipLabel}".`,
    {
      hint: 'Check that this is the right machine and that its device tree enables GPIO, or set door.driver to "simulated" for a dry run.',
    },
  );
}
