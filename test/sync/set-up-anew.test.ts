import test from 'ava';
import type { Journal } from '../../src/journal/journal.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { linkTo, type TestHub } from '../support/site.ts';
import { backUp, hubOf, isThrough, numbers, siteOnDisk, storedIn, terminalOf } from '../support/site-on-disk.ts';
import { until } from '../support/sync.ts';

/** Everything of this journal is in the books, each row as it is there, and no punch twice. */
async function isWhole({ store }: TestHub, journal: Journal, punches: number): Promise<boolean> {
  const rows = await store.db.selectFrom('events').select(['seq', 'hash']).execute();
  const hashes = new Map(rows.map(({ seq, hash }) => [seq, hash]));
  const ids = await store.db.selectFrom('events').select('id').where('kind', '=', 'punch.recorded').execute();
  return (
    isThrough(journal)() &&
    journal.after(0, 10_000).every(({ seq, hash }) => hashes.get(seq) === hash) &&
    ids.length === punches &&
    new Set(ids.map(({ id }) => id)).size === punches &&
    (await storedIn({ store } as TestHub)).punches.length === punches
  );
}

test('a terminal that is set up anew under its name loses nothing, also of what happened before it reached the hub', async (t) => {
  const at = await siteOnDisk(t);
  const hub = await hubOf(t, at, 'hub.db');
  const first = await terminalOf(t, at, 'journal.db');
  first.punch(90);
  await until(isThrough(first.journal));
  await first.stop();
  await hub.stop();

  const second = await terminalOf(t, at, 'new-card.db');
  second.punch(5);
  const back = await hubOf(t, at, 'hub.db');
  await until(() => isWhole(back, second.journal, 95));
  second.punch(60);
  await until(() => isWhole(back, second.journal, 155));
  t.deepEqual((await storedIn(back)).events, numbers(1, 156));
  t.is(second.journal.verify().brokenAt, null);
  const [begun] = second.journal.after(0, 1);
  t.deepEqual(
    [begun?.seq, begun?.kind, (begun?.body as { code?: string } | undefined)?.code],
    [91, 'journal.recovered', 'journal.renumbered'],
  );
  t.deepEqual(await back.store.db.selectFrom('gaps').selectAll().execute(), []);
});

test('a new journal that is longer than the one before loses nothing either, nor does the next one', async (t) => {
  const at = await siteOnDisk(t);
  const hub = await hubOf(t, at, 'hub.db');
  const first = await terminalOf(t, at, 'journal.db');
  first.punch(20);
  await until(isThrough(first.journal));
  await first.stop();

  const second = await terminalOf(t, at, 'second.db');
  second.punch(200);
  await until(() => isWhole(hub, second.journal, 220));
  await second.stop();

  const third = await terminalOf(t, at, 'third.db');
  third.punch(40);
  await until(() => isWhole(hub, third.journal, 260));
  t.deepEqual(await hub.store.db.selectFrom('gaps').selectAll().execute(), []);
  t.is(third.journal.verify().brokenAt, null);
});

test('a terminal and its hub that are both lost come together again, in either order', async (t) => {
  const at = await siteOnDisk(t);
  const hub = await hubOf(t, at, 'hub.db');
  const first = await terminalOf(t, at, 'journal.db');
  first.punch(50);
  await until(isThrough(first.journal));
  await backUp(hub, at, 'hub.db', 'backup.db');
  await backUp(hub, at, 'hub.db', 'later.db');
  first.punch(40);
  await until(isThrough(first.journal));
  await first.stop();
  const second = await terminalOf(t, at, 'second.db');
  second.punch(30);
  await until(() => isWhole(hub, second.journal, 120));
  await hub.stop();

  const restored = await hubOf(t, at, 'backup.db');
  await until(() => isWhole(restored, second.journal, 80));
  const gaps = await restored.store.db.selectFrom('gaps').select(['from_seq', 'to_seq']).execute();
  t.deepEqual(gaps, [{ from_seq: 51, to_seq: 90 }]);
  await second.stop();
  await restored.stop();

  const again = await hubOf(t, at, 'later.db');
  const third = await terminalOf(t, at, 'third.db');
  third.punch(30);
  await until(() => isWhole(again, third.journal, 80));
  t.deepEqual((await storedIn(again)).events, numbers(1, 81));
});

test('the books of a hub that was new know the former journal by hearsay, and the new one is kept above it', async (t) => {
  const at = await siteOnDisk(t);
  const first = await terminalOf(t, at, 'journal.db');
  first.punch(30);
  first.journal.acknowledge(30);
  first.journal.prune(new Date(Date.now() + 1000));
  const hub = await hubOf(t, at, 'hub.db');
  await until(async () => (await hub.store.db.selectFrom('gaps').selectAll().execute()).length === 1);
  await first.stop();

  const second = await terminalOf(t, at, 'second.db');
  second.punch(50);
  await until(() => isWhole(hub, second.journal, 50));
  t.deepEqual((await storedIn(hub)).events, numbers(51, 101));
  const gaps = await hub.store.db.selectFrom('gaps').select(['from_seq', 'to_seq']).execute();
  t.deepEqual(gaps, [{ from_seq: 1, to_seq: 30 }], 'numbers that were given up are no loss');
});

test('acknowledgements of a former journal, and what the hub said of its numbers, change nothing when they come again', async (t) => {
  const at = await siteOnDisk(t);
  const topics = topicsOf('plant');
  const thief = linkTo(t, at.broker, 'thief');
  const acks: Uint8Array[] = [];
  await thief.subscribe(topics.ack('door-1'), ({ payload }) => acks.push(payload));
  const hub = await hubOf(t, at, 'hub.db');
  const first = await terminalOf(t, at, 'journal.db');
  first.punch(40);
  await until(isThrough(first.journal));
  await first.stop();
  const second = await terminalOf(t, at, 'second.db');
  second.punch(10);
  await until(() => isWhole(hub, second.journal, 50));
  for (const ack of acks.slice()) await thief.publish(topics.ack('door-1'), ack);
  second.punch(10);
  await until(() => isWhole(hub, second.journal, 60));
  t.deepEqual((await storedIn(hub)).events, numbers(1, 61));
});

test('two terminals that share a name by mistake lose nothing, however often they take turns', async (t) => {
  const at = await siteOnDisk(t);
  const hub = await hubOf(t, at, 'hub.db');
  let punches = 0;
  for (const [file, count] of [
    ['a.db', 10],
    ['b.db', 15],
    ['a.db', 60],
    ['b.db', 90],
    ['a.db', 40],
  ] as const) {
    const { journal, punch, stop } = await terminalOf(t, at, file);
    punch(count);
    punches += count;
    await until(() => isWhole(hub, journal, punches));
    t.is(journal.verify().brokenAt, null);
    await stop();
  }
});
