/** A daemon in miniature: opens a door, releases it for a minute, says so, and waits to be killed. */
import { openDoor } from '../../../src/door/lease-door.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

const [folder = '', driver = '', levelFile = ''] = process.argv.slice(2);
const door = await openDoor({
  driver: new URL(driver),
  driverOptions: { levelFile },
  pulseMs: 60_000,
  longestPulseMs: 120_000,
  folder,
  report: ({ kind }) => console.log(kind),
  clock: systemClock,
});
await door.unlock({ cause: 'test', personId: null });
