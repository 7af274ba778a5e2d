import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../src/domain/clock.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { openMqttLink } from '../../../src/sync/mqtt-link.ts';

/** What the processes of a site that is killed all the time are told: `node hub.js URL FOLDER` and `terminal.js URL FOLDER NAME`. */
export const [url = '', folder = '', name = ''] = process.argv.slice(2);

export const site = 'plant';
export const terminals = ['door-1', 'clock-1'] as const;

/** The machine's clock is the true time here. */
export const clock: Clock = { ...systemClock, quality: () => 'synced' };

export const hubKeyFile = (at: string) => join(at, 'hub-keys.json');

export const linkAs = (clientId: string) =>
  openMqttLink({ url, clientId, protocol: '5', reconnect: { firstMs: 20, mostMs: 300 }, keepaliveS: 5 });

/** True once the day is over: nothing new is begun. */
export const isEvening = () => existsSync(join(folder, 'evening'));

/** Not `process.stdout.write`, which may still hold the line when the process is killed. */
export const say = (line: string) => void writeSync(1, `${line}\n`);

/** So that no process outlives a test that was killed itself. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(1), 1000).unref();
}
