import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { storeEvents } from '../../src/hub/event-store.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { temporaryFolders } from '../support/folders.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const folder = temporaryFolders(test);
const when = new Date('2026-01-01T00:00:00Z');

function rows(terminal: string, count: number): WireEvent[] {
  const journal = memoryJournal(terminal);
  for (let i = 0; i < count; i++) journal.append({ kind: 'clock.stepped', body: { byMs: i } });
  return journal.after(0, count) as unknown as WireEvent[];
}

test('an event is stored once, however often it comes, and a terminal is complete up to its first hole', async (t) => {
  const { db, close } = await openHubStore(':memory:');
  t.teardown(close);
  const [one, two, three, four] = rows('door', 4) as [WireEvent, WireEvent, WireEvent, WireEvent];
  const early = await storeEvents(db, [one, four, one], when);
  t.deepEqual(
    early.fresh.map(({ seq }) => seq),
    [1, 4],
  );
  t.is(early.reached[0]?.seq, 1);
  const late = await storeEvents(db, [four, three, two], when);
  t.deepEqual(
    late.fresh.map(({ seq }) => seq),
    [3, 2],
  );
  t.deepEqual(late.reached, [{ terminal: 'door', seq: 4, hash: four.hash }]);
  t.deepEqual([...early.notices, ...late.notices], []);
});

test('terminals are counted apart', async (t) => {
  const { db, close } = await openHubStore(':memory:');
  t.teardown(close);
  const { reached } = await storeEvents(db, [...rows('a', 3), ...rows('b', 2)], when);
  t.deepEqual(
    reached.map(({ terminal, seq }) => [terminal, seq]),
    [
      ['a', 3],
      ['b', 2],
    ],
  );
});

test('a different event under a number that is taken is not stored and not passed over in silence', async (t) => {
  const { db, close } = await openHubStore(':memory:');
  t.teardown(close);
  await storeEvents(db, rows('door', 2), when);
  const result = await storeEvents(db, rows('door', 2), when);
  t.deepEqual(result.fresh, []);
  t.deepEqual(
    result.notices.map(({ code }) => code),
    ['journal.broken-chain', 'journal.broken-chain'],
  );
});

test('a broken chain is stored, noted and reported', async (t) => {
  const { db, close } = await openHubStore(':memory:');
  t.teardown(close);
  const [one, two, three] = rows('door', 3) as [WireEvent, WireEvent, WireEvent];
  const altered = { ...two, hash: 'f'.repeat(64) };
  const { reached, notices } = await storeEvents(db, [one, altered, three], when);
  t.is(reached[0]?.seq, 3);
  t.deepEqual(
    notices.map(({ code }) => code),
    ['journal.broken-chain', 'journal.broken-chain'],
  );
  const gaps = await db.selectFrom('gaps').selectAll().orderBy('from_seq').execute();
  t.deepEqual(gaps, [
    { terminal: 'door', from_seq: 2, to_seq: 2, reason: 'does not fit its own hash' },
    { terminal: 'door', from_seq: 3, to_seq: 3, reason: 'does not follow from the event before' },
  ]);
});

test('an event whose content was altered under its old hash is stored, noted and reported; a newer field is not that', async (t) => {
  const { db, close } = await openHubStore(':memory:');
  t.teardown(close);
  const [one, two, three] = rows('door', 3) as [WireEvent, WireEvent, WireEvent];
  const altered = { ...two, body: { byMs: 99 } };
  const { reached, notices } = await storeEvents(db, [{ ...one, later: true }, altered, three], when);
  t.is(reached[0]?.seq, 3);
  t.is(notices.length, 1);
  t.regex(notices[0]!.message, /Event 2 of terminal door does not fit its own hash/);
  const gaps = await db.selectFrom('gaps').selectAll().execute();
  t.deepEqual(gaps, [{ terminal: 'door', from_seq: 2, to_seq: 2, reason: 'does not fit its own hash' }]);
});

test('a terminal that lost its journal is counted on from its new beginning, once all it kept is here', async (t) => {
  const { db, close } = await openHubStore(':memory:');
  t.teardown(close);
  const file = join(folder(), 'journal.db');
  const before = openJournal({ file, terminal: 'door', clock: systemClock });
  const kept = [1, 2, 3].map((byMs) => before.append({ kind: 'clock.stepped', body: { byMs } }));
  before.close();
  // The file stays as it is, and the mark says that far more was written.
  appendFileSync(`${file}.seq`, '\n500 005\n');
  const after = openJournal({ file, terminal: 'door', clock: systemClock, onDamage: 'set-aside' });
  const next = after.append({ kind: 'clock.stepped', body: { byMs: 4 } });
  const all = after.after(0, 100) as unknown as WireEvent[];
  after.close();

  const early = await storeEvents(db, [...all.slice(0, 1), ...all.slice(3)], when);
  t.is(early.reached[0]?.seq, 1, 'two and three are still to come');
  const late = await storeEvents(db, all.slice(1, 3), when);
  t.deepEqual(late.reached, [{ terminal: 'door', seq: next.seq, hash: next.hash }]);
  t.deepEqual(
    late.notices.map(({ code }) => code),
    ['journal.corrupt'],
  );
  t.deepEqual(await db.selectFrom('gaps').selectAll().execute(), [
    { terminal: 'door', from_seq: kept.length + 1, to_seq: next.seq - 2, reason: 'lost with a damaged journal' },
  ]);
});
