import test from 'ava';
import { topicsOf } from '../../src/sync/topics.ts';
import { linkTo } from '../support/site.ts';
import { backUp, hubOf, isThrough, numbers, siteOnDisk, storedIn, terminalOf } from '../support/site-on-disk.ts';
import { until } from '../support/sync.ts';

test('a hub that is restored from a backup gets every event since again, and those that come meanwhile, each once', async (t) => {
  const at = await siteOnDisk(t);
  const before = await hubOf(t, at, 'hub.db');
  const { journal, punch } = await terminalOf(t, at, 'journal.db');
  punch(50);
  await until(isThrough(journal));
  await backUp(before, at, 'hub.db', 'backup.db');
  punch(40);
  await until(isThrough(journal));
  await before.stop();

  punch(30);
  const restored = await hubOf(t, at, 'backup.db');
  punch(70);
  await until(async () => (await storedIn(restored)).events.length === 190 && isThrough(journal)());
  t.deepEqual(await storedIn(restored), { events: numbers(1, 190), punches: numbers(1, 190) });
  t.deepEqual(await restored.store.db.selectFrom('gaps').selectAll().execute(), []);
  const told = restored.notices.filter(({ code }) => code === 'journal.books-behind');
  t.is(told.length, 1);
  // By the status that the broker kept, which may be of a moment before the last acknowledgement.
  t.regex(told[0]!.message, /up to 50, and it was acknowledged up to [5-9]\d\./);
});

test('a terminal that is off while the hub is restored sends again when it is back, also when nothing happens there', async (t) => {
  const at = await siteOnDisk(t);
  const before = await hubOf(t, at, 'hub.db');
  const first = await terminalOf(t, at, 'journal.db');
  await backUp(before, at, 'hub.db', 'backup.db');
  first.punch(40);
  await until(isThrough(first.journal));
  await first.stop();
  await before.stop();

  const restored = await hubOf(t, at, 'backup.db');
  const { journal } = await terminalOf(t, at, 'journal.db');
  await until(async () => (await storedIn(restored)).events.length === 40 && isThrough(journal)());
  t.deepEqual((await storedIn(restored)).punches, numbers(1, 40));
});

test('what a terminal has deleted since is noted in the restored books, and what comes after it arrives', async (t) => {
  const at = await siteOnDisk(t);
  const before = await hubOf(t, at, 'hub.db');
  const { journal, punch } = await terminalOf(t, at, 'journal.db');
  punch(20);
  await until(isThrough(journal));
  await backUp(before, at, 'hub.db', 'backup.db');
  punch(20);
  await until(isThrough(journal));
  journal.prune(new Date(Date.now() + 1000));
  punch(20);
  await until(isThrough(journal));
  await before.stop();

  const restored = await hubOf(t, at, 'backup.db');
  await until(async () => (await storedIn(restored)).events.length === 40);
  punch(5);
  await until(async () => (await storedIn(restored)).events.length === 45 && isThrough(journal)());
  t.deepEqual((await storedIn(restored)).events, [...numbers(1, 20), ...numbers(41, 65)]);
  const reason = 'acknowledged by an earlier hub';
  const gaps = await restored.store.db.selectFrom('gaps').selectAll().execute();
  t.deepEqual(gaps, [{ terminal: 'door-1', from_seq: 21, to_seq: 40, reason }]);
});

test('a new hub gets what a terminal still has, and notes the rest', async (t) => {
  const at = await siteOnDisk(t);
  const { journal, punch } = await terminalOf(t, at, 'journal.db');
  punch(30);
  journal.acknowledge(10);
  journal.prune(new Date(Date.now() + 1000));
  journal.acknowledge(25);
  const fresh = await hubOf(t, at, 'hub.db');
  await until(isThrough(journal));
  t.deepEqual((await storedIn(fresh)).events, numbers(11, 30));
  const gaps = await fresh.store.db.selectFrom('gaps').select(['from_seq', 'to_seq']).execute();
  t.deepEqual(gaps, [{ from_seq: 1, to_seq: 10 }]);
});

test('acknowledgements and askings of before, given out again by the broker, neither stop the sending again nor repeat it', async (t) => {
  const at = await siteOnDisk(t);
  const topics = topicsOf('plant');
  const before = await hubOf(t, at, 'hub.db');
  const { journal, punch } = await terminalOf(t, at, 'journal.db');
  const thief = linkTo(t, at.broker, 'thief');
  const acks: Uint8Array[] = [];
  await thief.subscribe(topics.ack('door-1'), ({ payload }) => acks.push(payload));
  punch(50);
  await until(isThrough(journal));
  await backUp(before, at, 'hub.db', 'backup.db');
  punch(40);
  await until(isThrough(journal));
  await before.stop();
  const old = [...acks];

  const restored = await hubOf(t, at, 'backup.db');
  const { turn } = journal;
  await until(() => journal.turn !== turn);
  await restored.stop();
  const lowered = journal.acknowledgedSeq;
  const asked = acks.slice(old.length);
  const sendAgain = journal.turn;
  for (const ack of [...old, ...asked]) await thief.publish(topics.ack('door-1'), ack);
  const again = await hubOf(t, at, 'backup.db');
  await until(async () => (await storedIn(again)).events.length === 90 && isThrough(journal)());
  for (const ack of [...old, ...asked]) await thief.publish(topics.ack('door-1'), ack, { retain: true });
  punch(10);
  await until(async () => (await storedIn(again)).events.length === 100 && isThrough(journal)());
  t.is(lowered >= 50, true);
  t.is(journal.turn, sendAgain, 'it was sent again once');
  t.deepEqual((await storedIn(again)).punches, numbers(1, 100));
});
