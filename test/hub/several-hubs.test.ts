import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { HubProcess, hubConfig } from '../support/hub-process.ts';
import { postgresFor } from '../support/postgres.ts';
import { needs } from '../support/require.ts';
import { runningBroker, startTerminal, type TestTerminal } from '../support/site.ts';
import { freePort, somebody, startMosquitto, temporaryFolder, until } from '../support/sync.ts';

const serverOf = postgresFor(test);

test('any of three hub processes, the database and the broker may die: nothing lost, nothing doubled, one publishes', async (t) => {
  const server = await serverOf(t);
  if (server === null || !needs(t, 'mosquitto')) return;
  t.timeout(280_000);
  const books = await server.database();
  const [port, brokerFolder] = [await freePort(), await temporaryFolder(t)];
  const mosquitto = () => startMosquitto(t, { port, folder: brokerFolder, persistent: true });
  let running = await mosquitto();
  const passwordFile = join(brokerFolder, 'database-password');
  await writeFile(passwordFile, books.password!, { mode: 0o600 });
  const { file, keys } = await hubConfig(t, port, { store: { driver: 'postgres', url: books.url, passwordFile } });

  const all: HubProcess[] = [];
  const start = () => {
    const hub = new HubProcess(t, `hub ${all.length}`, file);
    all.push(hub);
    return hub.ready();
  };
  const alive = () => all.filter((hub) => hub.running);
  const publisher = () => alive().find((hub) => hub.publishing);
  await Promise.all([start(), start(), start()]);
  await until(() => publisher() !== undefined);
  const store = await openHubStore(books);
  t.teardown(() => store.close());
  await keys.attach(store);
  const { embedder } = await loadPack('faceapi');

  const broker = runningBroker(`mqtt://127.0.0.1:${port}`);
  const doors = await Promise.all(['door-1', 'door-2'].map((name) => startTerminal(t, { broker, keys, name })));
  const day = passing(doors);
  t.teardown(day.stop);
  let people = 0;
  /** Somebody is enrolled, and every door knows them: so somebody publishes. How long that took. */
  const enrolled = async () => {
    const id = `p${++people}`;
    const [template] = somebody(id).templates;
    const since = performance.now();
    await until(() => added(store, { ...somebody(id), templates: [{ ...template!, model: embedder.id }] }));
    await until(() => doors.every((door) => door.ids().includes(id)));
    return performance.now() - since;
  };
  await enrolled();

  const takeOver: number[] = [];
  const killed = async (victim: 'publisher' | 'another') => {
    const hub = victim === 'publisher' ? publisher() : alive().find((one) => !one.publishing);
    const since = performance.now();
    await hub!.kill();
    await until(() => publisher() !== undefined);
    if (victim === 'publisher') takeOver.push(performance.now() - since);
    await enrolled();
  };
  await killed('publisher');
  await killed('another');
  await Promise.all([start(), start()]);
  await killed('publisher');
  await start();
  t.log(`publishing moved over in ${takeOver.map((ms) => `${Math.round(ms)} ms`).join(' and ')}`);

  await server.stop('SIGQUIT');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await server.start();
  await enrolled();
  await running.stop();
  running = await mosquitto();
  await enrolled();
  t.is(alive().length, 3, 'neither ends a hub');
  t.is(alive().filter((hub) => hub.publishing).length, 1);

  day.stop();
  await until(() => doors.every(({ journal }) => journal.acknowledgedSeq === journal.lastSeq));
  for (const { journal } of doors) {
    const rows = await store.db
      .selectFrom('events')
      .select(['seq', 'row'])
      .where('terminal', '=', journal.after(0, 1)[0]!.terminal)
      .orderBy('seq')
      .execute();
    t.deepEqual(
      rows.map(({ row }) => JSON.parse(row)),
      journal.after(0, journal.lastSeq) as unknown[],
    );
  }
  const told = all.flatMap((hub) => hub.events);
  t.is(new Set(told).size, told.length, 'no event was new to two processes');
  const shares = all.map((hub) => hub.events.length);
  t.log(`${doors.map(({ journal }) => journal.lastSeq).join(' + ')} events, taken in by ${shares.join(', ')}`);
  t.true(shares.filter((share) => share > 0).length >= 3, 'they share the work');
  t.deepEqual(await store.db.selectFrom('gaps').selectAll().execute(), []);
});

/** Terminals at which something happens all the time. */
function passing(terminals: readonly TestTerminal[]) {
  const timer = setInterval(() => {
    for (const { journal, uplink } of terminals) {
      journal.append({ kind: 'clock.stepped', body: { byMs: journal.lastSeq } });
      uplink.wake();
    }
  }, 100);
  return { stop: () => clearInterval(timer) };
}

/** False while the database is away; a change whose answer was lost with the connection is there the next time. */
function added(store: HubStore, person: ReturnType<typeof somebody>): Promise<boolean> {
  return store.add(person).then(
    () => true,
    (error) => error.code === 'person.exists',
  );
}

test('where the broker shares nothing out there is one hub process, and a second says so', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const [port, folder] = [await freePort(), await temporaryFolder(t)];
  await startMosquitto(t, { port, folder });
  const { file } = await hubConfig(t, port, { broker: { url: `mqtt://127.0.0.1:${port}` } });
  const first = await new HubProcess(t, 'first', file).ready();
  const second = new HubProcess(t, 'second', file);
  t.is(await second.ended(), 75);
  t.regex(
    second.lines.map(({ msg }) => msg).join('\n'),
    /Another hub process works with these books[\s\S]*protocol to "5"/,
  );
  await first.kill();
  const third = await new HubProcess(t, 'third', file).ready();
  await until(() => third.publishing);
  await third.kill('SIGTERM');
  t.is(third.exitCode, 0);
});
