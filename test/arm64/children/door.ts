/**
 * Argument: a folder. Opens a simulated door there as the daemon does, its lock in a process of its own: one opening that
 * is ended, one that ends by itself, one that runs when this process is killed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { openConfiguredDoor, simulatedLevelFile } from '../../../src/compose.ts';
import { doorSchema } from '../../../src/config/schema.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { until } from '../../support/wait.ts';

const [dataFolder = ''] = process.argv.slice(2);
const level = () => readFileSync(simulatedLevelFile(dataFolder), 'utf8');
const report = () => {};
const opened = { cause: 'test', personId: null };
const open = (changes: object) =>
  openConfiguredDoor(doorSchema.parse({ driver: 'simulated', ...changes }), { dataFolder, report, clock: systemClock });

writeFileSync(simulatedLevelFile(dataFolder), '1');
const levels: string[] = [];
const longOpen = await open({ pulseMs: 60_000, longestPulseMs: 120_000 });
levels.push(level());
await longOpen.unlock(opened);
levels.push(level());
await longOpen.lock('test');
levels.push(level());
await longOpen.close();

const shortOpen = await open({ pulseMs: 10_000 });
await shortOpen.unlock(opened);
levels.push(level());
await until(() => level() === '0');
levels.push(level());
await shortOpen.close();

const killed = await open({ pulseMs: 60_000, longestPulseMs: 120_000 });
await killed.unlock(opened);
levels.push(level());
process.stdout.write(`${JSON.stringify({ name: killed.name, levels })}\n`, () => process.kill(process.pid, 'SIGKILL'));
