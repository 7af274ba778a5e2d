import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestFn } from 'ava';
import { startBehind, storeEvents } from '../../src/hub/event-store.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { temporaryFolders } from '../support/folders.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import type { HubStoreContract } from './hub-store.ts';

const when = new Date('2026-01-01T00:00:00Z');

function rows(terminal: string, count: number): WireEvent[] {
  const journal = memoryJournal(terminal);
  for (let i = 0; i < count; i++) journal.append({ kind: 'clock.stepped', body: { byMs: i } });
  return journal.after(0, count) as unknown as WireEvent[];
}

/** What a hub's books promise about events. */
export function hubEventsContract(test: TestFn, { name, open }: HubStoreContract): void {
  const folder = temporaryFolders(test);

  test(`${name}: an event is stored once, however often it comes, and a terminal is complete up to its first hole`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
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

  test(`${name}: terminals are counted apart`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const { reached } = await storeEvents(db, [...rows('a', 3), ...rows('b', 2)], when);
    t.deepEqual(
      reached.map(({ terminal, seq }) => [terminal, seq]),
      [
        ['a', 3],
        ['b', 2],
      ],
    );
  });

  test(`${name}: a different event under a number that is taken is not stored and not passed over in silence`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    await storeEvents(db, rows('door', 2), when);
    const result = await storeEvents(db, rows('door', 2), when);
    t.deepEqual(result.fresh, []);
    t.deepEqual(
      result.notices.map(({ code }) => code),
      ['journal.broken-chain', 'journal.broken-chain'],
    );
  });

  test(`${name}: a broken chain is stored, noted and reported`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
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

  test(`${name}: an event whose content was altered under its old hash is stored, noted and reported; a newer field is not that`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const [one, two, three] = rows('door', 3) as [WireEvent, WireEvent, WireEvent];
    const altered = { ...two, body: { byMs: 99 } };
    const { reached, notices } = await storeEvents(db, [{ ...one, later: true }, altered, three], when);
    t.is(reached[0]?.seq, 3);
    t.is(notices.length, 1);
    t.regex(notices[0]!.message, /Event 2 of terminal door does not fit its own hash/);
    const gaps = await db.selectFrom('gaps').selectAll().execute();
    t.deepEqual(gaps, [{ terminal: 'door', from_seq: 2, to_seq: 2, reason: 'does not fit its own hash' }]);
  });

  test(`${name}: a terminal that lost its journal is counted on from its new beginning, once all it kept is here`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
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

  test(`${name}: what an earlier hub has acknowledged is believed once, by a hub that has nothing`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const all = rows('door', 5);
    t.false(await startBehind(store.db, 'door', 0));
    t.true(await startBehind(store.db, 'door', 3));
    t.false(await startBehind(store.db, 'door', 4));
    const { reached } = await storeEvents(store.db, all.slice(3), when);
    t.is(reached[0]?.seq, 5);
    await storeEvents(store.db, rows('gate', 2).slice(0, 1), when);
    t.false(await startBehind(store.db, 'gate', 2));
  });

  test(`${name}: two processes store the same and different events crosswise: each once, and both know how far it is`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const other = await store.another();
    const [a, b] = [rows('a', 200), rows('b', 200)];
    const slices = (all: WireEvent[]) => Array.from({ length: 20 }, (_, i) => all.slice(i * 10, i * 10 + 10));
    const feed = async (db: typeof store.db, batches: readonly (readonly WireEvent[])[]) => {
      const results = [];
      for (const batch of batches) results.push(await storeEvents(db, batch, when));
      return results;
    };
    const crosswise = slices(a).map((batch, i) => [...batch, ...(slices(b)[19 - i] ?? [])]);
    const mirrored = slices(b).map((batch, i) => [...batch, ...(slices(a)[19 - i] ?? [])]);
    const all = (await Promise.all([feed(store.db, crosswise), feed(other.db, mirrored)])).flat();
    const fresh = all.flatMap((result) => result.fresh.map(({ terminal, seq }) => `${terminal}/${seq}`));
    t.is(fresh.length, 400);
    t.is(new Set(fresh).size, 400);
    t.deepEqual(
      all.flatMap(({ notices }) => notices),
      [],
    );
    for (const terminal of ['a', 'b']) {
      const most = all.flatMap(({ reached }) =>
        reached.filter((one) => one.terminal === terminal).map(({ seq }) => seq),
      );
      t.is(Math.max(...most), 200);
    }
  });
}
