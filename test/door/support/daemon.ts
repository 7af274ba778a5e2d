/** A daemon in miniature: opens a door, releases it for a minute, says so, and waits to be killed. */
import { openDoor } from '../../../src/door/lease-door.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { simulatedLock } from './bench.ts';

const [folder = '', levelFile = ''] = process.argv.slice(2);
const door = await openDoor({
  lock: simulatedLock(levelFile),
  pulseMs: 60_000,
  longestPulseMs: 120_000,
  folder,
  report: ({ kind }) => console.log(kind),
  clock: systemClock,
});
await door.unlock({ cause: 'test', personId: null });
