import { existsSync } from 'node:fs';
import type { Clock } from '../domain/clock.ts';

/** systemd-timesyncd touches this file once it has set the clock from a time server. */
const timesyncStamp = '/run/systemd/timesync/synchronized';

/** The machine's own clocks. `synced` once the system says that a time server has set the wall clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  quality: () => (existsSync(timesyncStamp) ? 'synced' : 'unsynced'),
};
