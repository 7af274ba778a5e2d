import { existsSync } from 'node:fs';
import type { Clock } from '../domain/clock.ts';
import { type ClockMemory, untilSet } from './clock-trust.ts';
import { kernelClock } from './kernel-clock.ts';

/** systemd-timesyncd touches this file once it has set the clock from a time server. */
const timesyncStamp = '/run/systemd/timesync/synchronized';

let isKnownToBeSet = false;

/**
 * The machine's own clocks. `synced` once the system says that a time server has set the wall clock: at once where
 * systemd-timesyncd does it, under chrony and ntpd while somebody {@link watchSystemClock}.
 */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  quality: () => (isKnownToBeSet || existsSync(timesyncStamp) ? 'synced' : 'unsynced'),
};

/** Whether the clock is known to be set just now, for somebody who asks beside a running terminal. Changes nothing. */
export async function isClockSet(memory: Pick<ClockMemory, 'wasSet'>): Promise<boolean> {
  return systemClock.quality() === 'synced' || memory.wasSet() || (await kernelClock())?.isSet === true;
}

/**
 * Find out whether the clock is set, whoever keeps it, from now on until it is or `signal` aborts. What the kernel says
 * just now is known when this returns.
 */
export async function watchSystemClock({
  memory,
  signal,
}: {
  readonly memory: ClockMemory;
  readonly signal: AbortSignal;
}): Promise<void> {
  const onSet = () => {
    isKnownToBeSet = true;
    memory.setNow();
  };
  if (await isClockSet(memory)) return onSet();
  const ask = async () => (await kernelClock())?.isSet ?? null;
  void untilSet({ ask, onSet, signal });
}
