import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { loadOnoff } from './onoff-package.ts';
import { type GpioChip, listGpioChips, sysfsGpioRoot } from './sysfs.ts';

/** What `limen doctor` says about the ways a lock could be driven from this machine. */
export interface DoorProbe {
  readonly chips: readonly GpioChip[];
  /** Does npm's onoff load? The reason when it does not. */
  readonly onoff: { readonly loads: boolean; readonly reason: string | null };
  /** The chips' character devices, for tools such as gpioset; `limen-rest` uses them when sysfs fails. */
  readonly devices: readonly { readonly path: string; readonly writable: boolean }[];
  /** What keeps a relay from being driven, each with its mend. Empty: the `onoff` driver can work. */
  readonly problems: readonly { readonly sentence: string; readonly mend: string }[];
}

/** Look at GPIO without touching a line. Never throws: what is missing is the answer. */
export async function probeDoor({
  sysfsRoot = sysfsGpioRoot,
  deviceFolder = '/dev',
}: {
  sysfsRoot?: string;
  deviceFolder?: string;
} = {}): Promise<DoorProbe> {
  const problems: { sentence: string; mend: string }[] = [];
  const note = (error: unknown) => {
    problems.push({
      sentence: messageOf(error),
      mend: (error instanceof LimenError && error.hint) || 'Run limen doctor again.',
    });
  };
  const chips = await attempt(() => listGpioChips(sysfsRoot), note);
  if (chips !== null) await attempt(() => checkExport(sysfsRoot), note);
  let reason: string | null = null;
  const gpio = await attempt(loadOnoff, (error) => {
    reason = messageOf(error);
    note(error);
  });
  return {
    chips: chips ?? [],
    onoff: { loads: gpio !== null, reason },
    devices: gpioDevices(deviceFolder),
    problems,
  };
}

async function attempt<T>(work: () => T | Promise<T>, onError: (error: unknown) => void): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    onError(error);
    return null;
  }
}

function checkExport(sysfsRoot: string): void {
  const path = join(sysfsRoot, 'export');
  try {
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new LimenError('door.denied', `This user may not claim GPIO lines: ${path} (${systemCodeOf(cause)}).`, {
      hint: 'Add the user to the group "gpio", install systemd/60-limen-gpio.rules, and log in again.',
      cause,
    });
  }
}

function gpioDevices(folder: string): { path: string; writable: boolean }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^gpiochip\d+$/.test(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, writable: isWritable(path) }));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
