/** A daemon in miniature: opens a door, releases it for a minute, says so, and waits to be killed. */
import { openDoor } from '../../../src/door/door-controller.ts';
import { doorIn } from './bench.ts';

const [folder = ''] = process.argv.slice(2);
const door = await openDoor(
  doorIn(folder, {
    report: ({ kind }) => {
      if (kind === 'door.unlocked') console.log(kind);
    },
  }),
);
await door.unlock({ cause: 'test', personId: null });
