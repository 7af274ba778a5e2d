import type { TerminalConfig } from '../config/schema.ts';
import { systemClock } from '../runtime/clock.ts';
import { type KernelClock, kernelClock } from '../runtime/kernel-clock.ts';
import { type Finding, ok, warn } from './finding.ts';

/** What this machine says of its clock; `null` where nobody can tell. */
async function machineClock(): Promise<KernelClock | null> {
  return systemClock.quality() === 'synced' ? { isSet: true, says: 'systemd-timesyncd' } : kernelClock();
}

/** Whether the clock is set, and what waits until it is. */
export async function examineClock(
  terminal: Pick<TerminalConfig, 'door'> | null,
  ask: () => Promise<KernelClock | null> = machineClock,
): Promise<Finding> {
  const clock = await ask();
  if (clock?.isSet) return ok('clock', `set by a time server, says ${clock.says}`);
  const free = freeAccessBy(terminal?.door);
  return clock === null
    ? warn(
        'clock',
        `nobody here can tell whether it is set; events say "unsynced"${free.says}`,
        `Install systemd-timesyncd, chrony, or busybox, which asks the kernel about any other time server.${free.mend}`,
      )
    : warn(
        'clock',
        `not set by a time server, says ${clock.says}; events say "unsynced" until it is${free.says}`,
        `Run systemd-timesyncd, chrony or ntpd, and see that it reaches its server.${free.mend}`,
      );
}

/** What a clock that is not set means for a door that may be held open. */
function freeAccessBy(door: TerminalConfig['door']): { readonly says: string; readonly mend: string } {
  if (door === undefined || door.longestHoldMs === 0) return { says: '', mend: '' };
  if (door.freeAccessByUnsetClock) return { says: '; free access goes by it all the same', mend: '' };
  const mend = ' Without a network, and with a battery for the clock: door.freeAccessByUnsetClock.';
  return { says: '; free access does not begin', mend };
}
