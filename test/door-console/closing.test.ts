import test from 'ava';
import { consoleSchema } from '../../src/config/console-schema.ts';
import { serveDoorConsole } from '../../src/door-console/door-console.ts';
import { listen } from '../console/support/live.ts';
import { everyIdler } from '../support/idlers.ts';
import { startDoorConsole } from './support/door-console.ts';

test("a terminal's console closes at once, whoever is connected, and calls off what takes long before that", async (t) => {
  t.timeout(60_000);
  const { desk, as } = await startDoorConsole(t, { door: false });
  const served = await serveDoorConsole(desk, consoleSchema.parse({ port: 0 }));
  const waiting = await everyIdler(t, served.url);
  await listen(t, served.url, as.operator.cookie);
  const closed = served.close();
  t.true(desk.closing.aborted);
  await closed;
  await t.notThrowsAsync(Promise.all(waiting.map(({ cut }) => cut)));
});
