import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sql } from 'kysely';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { overtakenWatch } from '../../src/hub/overtaken-watch.ts';
import type { LivingStatus } from '../../src/hub/own-keys.ts';
import { assertErasedAgain, compareRestored } from '../../src/hub/restored-books.ts';
import { overtakenBy, resumeHistory } from '../../src/hub/resumed-history.ts';
import { surveySite } from '../../src/hub/site-survey.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { bucketDigests, bucketOf, galleryDigest, snapshotDigest } from '../../src/sync/digest.ts';
import { opener } from '../../src/sync/envelope.ts';
import { freshKeys, type SiteKeys } from '../support/keys.ts';
import { brokerKinds, brokerOf, linkTo, startHub, startTerminal, type TestBroker } from '../support/site.ts';
import { somebody, temporaryFolder, until } from '../support/sync.ts';

const pictures = (id: string) => ({ id, name: `Person ${id}`, pictures: [{ name: id, jpeg: Buffer.from(id) }] });

/** A site whose hub was restored: since the backup, ada and carl were enrolled, and bob was erased. */
async function restored(t: ExecutionContext, broker: TestBroker, keys: SiteKeys) {
  const folder = await temporaryFolder(t);
  const [file, backup] = [join(folder, 'hub.db'), join(folder, 'backup.db')];
  const hubOf = async (store: HubStore) => {
    t.teardown(() => store.close());
    return startHub(t, { broker, keys, store });
  };
  const before = await hubOf(await openHubStore(file));
  await before.enrol('eve', 'bob');
  await sql`vacuum into ${backup}`.execute(before.store.db);
  const terminal = await startTerminal(t, { broker, keys });
  await until(() => terminal.ids().length === 2);
  await before.enrol('ada', 'carl');
  await before.hub.erase('bob');
  await until(() => terminal.replica.snapshot?.version === 5);
  t.deepEqual(terminal.ids(), ['ada', 'carl', 'eve']);
  await before.stop();
  return { terminal, store: await openHubStore(backup), hubOf };
}

async function survey(t: ExecutionContext, broker: TestBroker, keys: SiteKeys) {
  const link = linkTo(t, broker, 'survey');
  await until(() => link.state.online);
  const terminals = keys.opener;
  return surveySite({
    ...{ site: 'plant', link, opener: opener('plant', keys.hub), terminals, clock: systemClock, settleMs: 300 },
  });
}

async function digestOf(store: HubStore): Promise<string> {
  return galleryDigest(bucketDigests(await store.stamps()));
}

for (const kind of brokerKinds) {
  test(`${kind}: a hub that was restored goes on above what terminals have, and they take everything`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const { terminal, store, hubOf } = await restored(t, broker, keys);
    const { hub, notices } = await hubOf(store);
    await until(() => notices.some(({ code }) => code === 'gallery.rollback'));
    t.regex(notices[0]?.hint ?? '', /limen hub resume/);
    t.false((await hub.enrol(pictures('ada'))).published);
    const first = await compareRestored(store, await survey(t, broker, keys));
    t.deepEqual(first.since, { enrolled: ['carl'], erased: ['bob'] });
    t.throws(() => assertErasedAgain(first, { said: true }), { code: 'gallery.erased-since', message: /: bob\./ });
    await hub.erase('bob');
    const books = await compareRestored(store, await survey(t, broker, keys));
    t.deepEqual(books.since, { enrolled: ['carl'], erased: [] });
    t.is(books.reached.gallery, 5);
    assertErasedAgain(books, { said: false });
    t.true((await hub.resumeHistory(books.reached)).published);
    await until(async () => {
      const { snapshot } = terminal.replica;
      return snapshot !== null && snapshotDigest(snapshot) === (await digestOf(store));
    });
    t.deepEqual(terminal.ids(), ['ada', 'eve'], 'whom the books do not know is known nowhere');
    t.deepEqual(Object.keys(terminal.replica.snapshot?.erased ?? {}), ['bob']);
    t.true((await hub.enrol(pictures('zoe'))).published);
    await until(() => terminal.ids().includes('zoe'));
  });
}

test('books that were worked with until they are at, or past, the version that terminals have are an old copy all the same', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { store, hubOf } = await restored(t, broker, keys);
  for (const id of ['x1', 'x2', 'x3', 'x4']) {
    await store.db.deleteFrom('meta').where('key', '=', 'overtaken').execute();
    await store.add(somebody(id));
    const { notices, stop } = await hubOf(store);
    await until(() => notices.length > 0);
    t.is(notices[0]?.code, 'gallery.rollback', id);
    await stop();
  }
  t.is((await store.state()).version, 6);
});

test('where the books have changed in every bucket that could tell, that they were an old copy is remembered', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { store, hubOf } = await restored(t, broker, keys);
  const first = await hubOf(store);
  await until(() => first.notices.length > 0);
  await first.stop();
  for (let i = 0; i < 3; i++) await store.replace(somebody('eve'));
  const all = new Set(['eve', 'bob', 'ada', 'carl'].map(bucketOf));
  for (let i = 0; all.size > 0; i++) {
    if (all.delete(bucketOf(`x${i}`))) await store.add(somebody(`x${i}`));
  }
  const again = await hubOf(store);
  await until(() => again.notices.length > 0);
  t.is(again.notices[0]?.code, 'gallery.rollback');
});

test('a broker that was set up anew cannot tell who was erased: that has to be said', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { store } = await restored(t, broker, keys);
  await broker.stop();
  await broker.start();
  const books = await compareRestored(store, await survey(t, broker, keys));
  t.is(books.since, null);
  t.throws(() => assertErasedAgain(books, { said: false }), { code: 'gallery.erased-since' });
  t.notThrows(() => assertErasedAgain(books, { said: true }));
});

test('a terminal with a newer gallery is told of once and remembered; one of another hub is not', async (t) => {
  const store = await openHubStore(':memory:');
  t.teardown(() => store.close());
  await store.add(somebody('ada'));
  const { lineage } = await store.state();
  const notices: string[] = [];
  const heard = overtakenWatch({ store, notify: ({ code, message }) => notices.push(`${code}: ${message}`) });
  const status = (version: number, of = lineage) =>
    ({ terminal: 'door-1', gallery: { lineage: of, version } }) as unknown as LivingStatus;
  await heard(status(1));
  await heard(status(9, 'another'));
  t.deepEqual(notices, []);
  await heard(status(9));
  await heard(status(9));
  t.deepEqual(notices.length, 1);
  t.regex(notices[0] ?? '', /^gallery\.rollback: The terminal door-1 has gallery version 9,/);
  t.is(await overtakenBy(store.db, 'terminal'), 9);
  await resumeHistory(store.db, { gallery: 9, rules: 0, roster: 0 }, new Date());
  t.is(await overtakenBy(store.db, 'terminal'), null);
});
