import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { accountBook } from '../../src/console/accounts.ts';
import { atHub } from '../../src/console/place.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { HubProcess, hubConfig } from '../support/hub-process.ts';
import { postgresFor } from '../support/postgres.ts';
import { needs } from '../support/require.ts';
import { runningBroker, startTerminal } from '../support/site.ts';
import { freePort, startMosquitto, temporaryFolder, until } from '../support/sync.ts';
import { listen } from './support/live.ts';

const serverOf = postgresFor(test);
const account = { name: 'ada', password: 'correct horse battery', role: 'administrator' } as const;

/** A hub process with a console, and what a browser of somebody who signed in there sends. */
async function consoleOf(t: ExecutionContext, name: string, file: string) {
  const hub = await new HubProcess(t, name, file).ready();
  const at = /console: (http:\/\/\S+)/;
  const urlOf = () => hub.lines.map(({ msg }) => at.exec(msg)?.[1]).find((url) => url !== undefined);
  await until(() => urlOf() !== undefined);
  const url = urlOf()!;
  const { name: user, password } = account;
  const signedIn = await fetch(`${url}/api/session`, {
    ...{ method: 'POST', body: JSON.stringify({ name: user, password }) },
    headers: { 'content-type': 'application/json', 'x-limen': '1' },
  });
  t.is(signedIn.status, 200, name);
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  return { hub, listener: await listen(t, url, cookie) };
}

test('of two hub processes over PostgreSQL each tells its browsers what the other took in, once and in order', async (t) => {
  const server = await serverOf(t);
  if (server === null || !needs(t, 'mosquitto')) return;
  t.timeout(120_000);
  const books = await server.database();
  const [port, folder] = [await freePort(), await temporaryFolder(t)];
  await startMosquitto(t, { port, folder });
  const passwordFile = join(folder, 'database-password');
  await writeFile(passwordFile, books.password!, { mode: 0o600 });
  const { file, keys } = await hubConfig(t, port, {
    ...{ store: { driver: 'postgres', url: books.url, passwordFile }, console: { port: 0 } },
  });
  const store = await openHubStore(books);
  t.teardown(() => store.close());
  await keys.attach(store);
  await accountBook(store.db, { clock: systemClock, place: atHub }).add(account);
  const consoles = [await consoleOf(t, 'one', file), await consoleOf(t, 'two', file)];

  const broker = runningBroker(`mqtt://127.0.0.1:${port}`);
  const doors = await Promise.all(['door-1', 'door-2'].map((name) => startTerminal(t, { broker, keys, name })));
  const happens = () => {
    for (const { journal, uplink } of doors) {
      journal.append({ kind: 'clock.stepped', body: { byMs: journal.lastSeq } });
      uplink.wake();
    }
  };
  // Until both have taken something in, as their logs say.
  await until(() => {
    happens();
    return consoles.every(({ hub }) => hub.events.length > 0);
  });
  happens();
  const last = doors.map(({ journal }, i) => `door-${i + 1}/${journal.lastSeq}`);
  await until(() => consoles.every(({ listener }) => last.every((event) => listener.events().includes(event))));
  for (const { listener, hub } of consoles) {
    for (const [i, { journal }] of doors.entries()) {
      const told = listener.events().filter((event) => event.startsWith(`door-${i + 1}/`));
      const first = Number(told[0]!.split('/')[1]);
      // Where the books were when the browser joined; then everything, in its order, once.
      t.true(first <= 2, `${hub.name} began with ${first}`);
      const rest = journal.after(first - 1, journal.lastSeq).map(({ seq }) => `door-${i + 1}/${seq}`);
      t.deepEqual(told, rest, hub.name);
    }
  }
  const shares = consoles.map(({ hub }) => hub.events.length);
  t.log(`${shares.join(' and ')} events taken in, ${consoles.map(({ listener }) => listener.events().length)} told`);
});
