import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestFn } from 'ava';
import { sql } from 'kysely';
import type { LimenEvent } from '../../src/domain/event.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { compare } from '../../src/hub/lost-events.ts';
import { punchProof } from '../../src/hub/migrations/010-punch-proof.ts';
import { OtherJournals } from '../../src/hub/other-journal.ts';
import { peoplePunching } from '../../src/hub/punch-book.ts';
import { hashOf } from '../../src/journal/chain.ts';
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

  test(`${name}: thousands of events behind a hole are passed over until it is filled, and then counted to the end`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const all = rows('door', 2500);
    const [first, ...rest] = all as [WireEvent, ...WireEvent[]];
    t.is((await storeEvents(db, rest, when)).reached[0]?.seq, 0);
    t.deepEqual((await storeEvents(db, [first], when)).reached, [
      { terminal: 'door', seq: 2500, hash: all.at(-1)!.hash },
    ]);
  });

  test(`${name}: of many events that come again, the one that is another is named, and nothing is stored twice`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const all = rows('door', 1200);
    await storeEvents(db, all, when);
    const again = all.map((event) => (event.seq === 700 ? { ...event, hash: 'f'.repeat(64) } : event));
    const { fresh, notices, reached } = await storeEvents(db, again, when);
    t.deepEqual(fresh, []);
    t.is(reached[0]?.seq, 1200);
    t.is(notices.length, 1);
    t.regex(notices[0]!.message, /an event 700 that differs/);
    const { count } = await db
      .selectFrom('events')
      .select((eb) => eb.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    t.is(Number(count), 1200);
  });

  test(`${name}: whatever an event holds is stored as it came, and found again`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const odd = `"'\\ {}[],\n\t\u0000 \u20ac \u{1F600} \ud800 null NULL $1 ?`;
    const journal = memoryJournal('door');
    journal.append({
      kind: 'command.failed',
      body: { personId: 'ada', odd, number: -0.1e-7, list: [null, true, {}] } as never,
    });
    const [event] = journal.after(0, 1) as unknown as [WireEvent];
    const { notices } = await storeEvents(db, [event], when);
    t.deepEqual(notices, []);
    const row = await db.selectFrom('events').selectAll().executeTakeFirstOrThrow();
    t.is(row.row, JSON.stringify(event));
    t.deepEqual([row.terminal, row.seq, row.person_id, row.previous_hash], ['door', 1, 'ada', event.previousHash]);
  });

  test(`${name}: a punch says by what somebody was known, also one that was there before anybody asked`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const journal = memoryJournal('clock');
    const punch = (more: object) =>
      journal.append({
        kind: 'punch.recorded',
        body: { personId: 'ada', name: 'Ada', direction: 'in', ...more } as never,
      });
    punch({});
    punch({ verifiedBy: ['face'] });
    punch({ verifiedBy: ['card', 'pin'], afterRefusal: 'unknown' });
    await storeEvents(db, journal.after(0, 3) as unknown as WireEvent[], when);
    const known = async () =>
      (await db.selectFrom('punches').select(['verified_by', 'after_refusal']).orderBy('seq').execute()).map(
        Object.values,
      );
    const expected = [
      [null, null],
      ['["face"]', null],
      ['["card","pin"]', 'unknown'],
    ];
    t.deepEqual(await known(), expected);
    await sql`drop index punches_unset`.execute(db);
    for (const column of ['verified_by', 'after_refusal'])
      await sql`alter table punches drop column ${sql.ref(column)}`.execute(db);
    await db.schema.createIndex('punches_by_time').on('punches').column('at').execute();
    await punchProof.up(db as never);
    t.deepEqual(await known(), expected);
  });

  test(`${name}: whose punches there are in a time is found for everybody, and for one`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const july = { from: '2026-07-01T00:00:00.000Z', to: '2026-08-01T00:00:00.000Z' };
    t.deepEqual(await peoplePunching(db, july), []);
    const journal = memoryJournal('clock');
    for (const personId of ['carl', 'ada', 'bob', 'ada', 'dora'])
      journal.append({ kind: 'punch.recorded', body: { personId, name: personId, direction: 'in' } as never });
    const at = [
      '2026-07-31T23:59:59.999Z',
      '2026-06-30T23:59:59.999Z',
      '2026-08-01T00:00:00.000Z',
      '2026-07-01T00:00:00.000Z',
      '2025-07-10T00:00:00.000Z',
    ];
    const events = journal.after(0, 5).map((event, i) => ({ ...event, at: at[i] })) as unknown as WireEvent[];
    await storeEvents(db, events, when);
    t.deepEqual(await peoplePunching(db, july), ['ada', 'carl']);
    t.deepEqual(await peoplePunching(db, { ...july, personId: 'carl' }), ['carl']);
    t.deepEqual(await peoplePunching(db, { ...july, personId: 'bob' }), []);
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
    const elsewhere = new OtherJournals();
    const others = rows('door', 5);
    const result = await storeEvents(db, others.slice(0, 4), when, elsewhere);
    t.deepEqual(result.fresh, []);
    t.deepEqual(
      result.notices.map(({ code }) => code),
      ['journal.broken-chain'],
    );
    const before = { seq: 0, hash: '0'.repeat(64) };
    t.deepEqual(result.refusals, [{ event: others[0]!, before, above: 2 }]);
    const later = await storeEvents(db, others.slice(4), when, elsewhere);
    t.deepEqual(later.fresh, [], 'it follows from what was refused');
    t.is(later.reached[0]?.seq, 2);
  });

  test(`${name}: where a terminal's journal parts from the stored one, it is told what is the same, and what is not stored`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const journal = memoryJournal('door');
    for (let i = 0; i < 3; i++) journal.append({ kind: 'clock.stepped', body: { byMs: i } });
    const [one, two, three] = journal.after(0, 3) as unknown as [WireEvent, WireEvent, WireEvent];
    await storeEvents(db, [one, two, three], when);
    const body = { byMs: 99 };
    const parted = { ...three, body };
    const other = { ...parted, hash: hashOf(parted as unknown as LimenEvent) };
    const next = { ...other, seq: 4, previousHash: other.hash };
    const after = { ...next, hash: hashOf(next as unknown as LimenEvent) };
    const { fresh, refusals } = await storeEvents(db, [two, after, other], when);
    t.deepEqual(fresh, []);
    t.deepEqual(refusals, [{ event: other, before: { seq: 2, hash: two.hash }, above: 3 }]);
  });

  test(`${name}: a hole that a lost journal left is passed over when the next one begins above it`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const { db } = store;
    const lost = rows('door', 10);
    await storeEvents(db, [...lost.slice(0, 5), ...lost.slice(7)], when);
    const file = join(folder(), 'journal.db');
    const anew = openJournal({ file, terminal: 'door', clock: systemClock });
    anew.append({ kind: 'clock.stepped', body: { byMs: 1 } });
    anew.renumber(10);
    const [begun, next] = anew.after(0, 2) as unknown as [WireEvent, WireEvent];
    anew.close();
    t.is(begun.seq, 11);
    const { reached, notices } = await storeEvents(db, [begun, next], when);
    t.deepEqual(reached, [{ terminal: 'door', seq: 12, hash: next.hash }]);
    t.deepEqual(
      notices.map(({ code }) => code),
      ['journal.corrupt'],
    );
    t.deepEqual(await db.selectFrom('gaps').select(['from_seq', 'to_seq']).execute(), [{ from_seq: 6, to_seq: 7 }]);
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

  test(`${name}: an older terminal is believed once what an earlier hub has acknowledged, by books that have nothing`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const said = async (terminal: string, acknowledgedSeq: number) => {
      const { reached, isBehind } = await compare(store.db, { terminal, acknowledgedSeq });
      return [reached.seq, isBehind];
    };
    const all = rows('door', 5);
    t.deepEqual(await said('door', 0), [0, false]);
    t.deepEqual(await said('door', 3), [3, false]);
    t.deepEqual(await said('door', 4), [3, true]);
    const { reached } = await storeEvents(store.db, all.slice(3), when);
    t.is(reached[0]?.seq, 5);
    await storeEvents(store.db, rows('gate', 2).slice(0, 1), when);
    t.deepEqual(await said('gate', 2), [1, true]);
  });

  test(`${name}: what the books lost and the terminal still has is waited for; what it has deleted is noted, and passed over`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    const all = rows('door', 60);
    await storeEvents(store.db, all.slice(0, 10), when);
    await storeEvents(store.db, [...all.slice(24, 26), ...all.slice(50)], when);
    const said = { terminal: 'door', acknowledgedSeq: 50, firstSeq: 11 };
    const early = await compare(store.db, said);
    t.deepEqual([early.reached.seq, early.isBehind, early.notices], [10, true, []]);
    const late = await compare(store.db, { ...said, firstSeq: 31 });
    t.deepEqual([late.reached.seq, late.isBehind], [30, true]);
    t.deepEqual(
      late.notices.map(({ code }) => code),
      ['journal.books-behind'],
    );
    const reason = 'acknowledged by an earlier hub';
    t.deepEqual(await store.db.selectFrom('gaps').selectAll().orderBy('from_seq').execute(), [
      { terminal: 'door', from_seq: 11, to_seq: 24, reason },
      { terminal: 'door', from_seq: 27, to_seq: 30, reason },
    ]);
    const { reached, notices } = await storeEvents(store.db, all.slice(30, 50), when);
    t.deepEqual(reached, [{ terminal: 'door', seq: 60, hash: all.at(-1)!.hash }]);
    t.deepEqual(notices, []);
    t.false((await compare(store.db, said)).isBehind);
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
