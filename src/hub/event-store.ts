import type { Kysely, Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { hashOf, startsAnew } from '../journal/chain.ts';
import type { WireEvent } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { type HubNotice, noticeOf } from './notice.ts';
import { indexPunches } from './punch-book.ts';
import { transact } from './transact.ts';

/** How far a terminal's events are here without a hole. */
export interface Reached {
  readonly terminal: string;
  readonly seq: number;
  /** Hash of that event; empty when it is known only by hearsay. */
  readonly hash: string;
}

/** What became of a batch. */
export interface Stored {
  /** Those that were not here before, in the order of the batch. */
  readonly fresh: readonly WireEvent[];
  readonly reached: readonly Reached[];
  readonly notices: readonly HubNotice[];
}

const genesis = '0'.repeat(64);

/**
 * Store events, each (terminal, seq) once, in one transaction, and work out how far each terminal is complete.
 * An event that does not fit its own hash, or does not carry that of its predecessor, is stored all the same, because it
 * would never come in another form, and the break is noted in `gaps`.
 * What this returns may be acknowledged: it is on the disk, and so is everything that another hub process stored.
 */
export function storeEvents(db: Kysely<HubTables>, events: readonly WireEvent[], receivedAt: Date): Promise<Stored> {
  return transact(db, async (tx) => {
    const notices: HubNotice[] = [];
    const befores: Reached[] = [];
    // Always in one order, so that two processes wait for each other once and never crosswise.
    for (const terminal of [...new Set(events.map((event) => event.terminal))].sort()) {
      befores.push(await takeTerminal(tx, terminal));
    }
    const fresh = await insert(tx, events, receivedAt);
    await indexPunches(tx, fresh, receivedAt);
    const known = new Set(fresh);
    for (const event of events) {
      if (known.has(event)) {
        if (hashOf(event as unknown as LimenEvent) !== event.hash) notices.push(await noteAltered(tx, event));
      } else if (!(await isSame(tx, event))) notices.push(conflict(event));
    }
    const reached: Reached[] = [];
    for (const before of befores) reached.push(await advance(tx, before, notices));
    return { fresh, reached, notices };
  });
}

/**
 * A terminal says that an earlier hub has acknowledged everything up to `seq`. Believed only by a hub that has nothing
 * from that terminal yet: the hole is noted, and counting starts behind it.
 */
export function startBehind(db: Kysely<HubTables>, terminal: string, seq: number): Promise<boolean> {
  return transact(db, async (tx) => {
    if (seq < 1 || (await takeTerminal(tx, terminal)).seq > 0) return false;
    const earlier = await tx
      .selectFrom('events')
      .select('seq')
      .where('terminal', '=', terminal)
      .where('seq', '<=', seq)
      .limit(1)
      .executeTakeFirst();
    if (earlier !== undefined) return false;
    await note(tx, { terminal, from_seq: 1, to_seq: seq, reason: 'acknowledged by an earlier hub' });
    await setReached(tx, { terminal, seq, hash: '' });
    return true;
  });
}

/** Wait for everybody else who stores events of this terminal, and keep them waiting; how far it is complete. */
function takeTerminal(tx: Transaction<HubTables>, terminal: string): Promise<Reached> {
  return tx
    .insertInto('terminals')
    .values({ terminal, seq: 0, hash: genesis })
    .onConflict((on) => on.column('terminal').doUpdateSet((eb) => ({ seq: eb.ref('terminals.seq') })))
    .returning(['terminal', 'seq', 'hash'])
    .executeTakeFirstOrThrow();
}

/** Those of `events` that were not here before, in their order. */
async function insert(
  tx: Transaction<HubTables>,
  events: readonly WireEvent[],
  receivedAt: Date,
): Promise<WireEvent[]> {
  if (events.length === 0) return [];
  const rows = events.map((event) => {
    const { terminal, seq, id, at, kind, hash, previousHash: previous_hash } = event;
    const row = JSON.stringify(event);
    const { personId } = event.body as { readonly personId?: unknown };
    const person_id = typeof personId === 'string' ? personId : null;
    return { terminal, seq, id, at, kind, hash, previous_hash, row, received_at: receivedAt.toISOString(), person_id };
  });
  const inserted = await tx
    .insertInto('events')
    .values(rows)
    .onConflict((on) => on.columns(['terminal', 'seq']).doNothing())
    .returning(['terminal', 'seq'])
    .execute();
  const fresh = new Set(inserted.map(keyOf));
  return events.filter((event) => fresh.delete(keyOf(event)));
}

function keyOf({ terminal, seq }: { readonly terminal: string; readonly seq: number }): string {
  return `${terminal}/${seq}`;
}

async function isSame(tx: Transaction<HubTables>, { terminal, seq, hash }: WireEvent): Promise<boolean> {
  const row = await tx
    .selectFrom('events')
    .select('hash')
    .where('terminal', '=', terminal)
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row?.hash === hash;
}

async function advance(tx: Transaction<HubTables>, before: Reached, notices: HubNotice[]): Promise<Reached> {
  const { terminal } = before;
  const rows = await tx
    .selectFrom('events')
    .select(['seq', 'kind', 'hash', 'previous_hash', 'row'])
    .where('terminal', '=', terminal)
    .where('seq', '>', before.seq)
    .orderBy('seq')
    .execute();
  let reached = before;
  for (const { seq, kind, hash, previous_hash, row } of rows) {
    if (startsAnew({ kind, previousHash: previous_hash })) {
      const { keptUpTo } = (JSON.parse(row) as LimenEvent<'journal.recovered'>).body;
      // What the terminal still has is on its way; only what it lost may be passed over.
      if (!(reached.seq >= keptUpTo)) break;
      if (seq > reached.seq + 1) {
        const hole = { from_seq: reached.seq + 1, to_seq: seq - 1 };
        await note(tx, { terminal, ...hole, reason: 'lost with a damaged journal' });
        notices.push(lostEvents(terminal, hole.from_seq, hole.to_seq));
      }
      reached = { terminal, seq, hash };
      continue;
    }
    if (seq !== reached.seq + 1) break;
    if (reached.hash !== '' && previous_hash !== reached.hash) {
      await note(tx, { terminal, from_seq: seq, to_seq: seq, reason: 'does not follow from the event before' });
      notices.push(brokenChain(terminal, seq));
    }
    reached = { terminal, seq, hash };
  }
  if (reached.seq > before.seq) await setReached(tx, reached);
  return reached;
}

async function setReached(tx: Transaction<HubTables>, { terminal, seq, hash }: Reached): Promise<void> {
  await tx
    .insertInto('terminals')
    .values({ terminal, seq, hash })
    .onConflict((on) => on.column('terminal').doUpdateSet({ seq, hash }))
    .execute();
}

async function note(tx: Transaction<HubTables>, gap: HubTables['gaps']): Promise<void> {
  await tx
    .insertInto('gaps')
    .values(gap)
    .onConflict((on) => on.doNothing())
    .execute();
}

async function noteAltered(tx: Transaction<HubTables>, { terminal, seq }: WireEvent): Promise<HubNotice> {
  await note(tx, { terminal, from_seq: seq, to_seq: seq, reason: 'does not fit its own hash' });
  const message = `Event ${seq} of terminal ${terminal} does not fit its own hash: it was altered there or on its way.`;
  return noticeOf(new LimenError('journal.broken-chain', message, { hint: 'Run `limen journal verify` there.' }));
}

function conflict({ terminal, seq }: WireEvent): HubNotice {
  const hint = 'Its journal was replaced or two terminals share this name: give the new one a name of its own.';
  const message = `Terminal ${terminal} sent an event ${seq} that differs from the one stored; it was not stored.`;
  return noticeOf(new LimenError('journal.broken-chain', message, { hint }));
}

function lostEvents(terminal: string, from: number, to: number): HubNotice {
  const message = `The journal of terminal ${terminal} was damaged: events between ${from} and ${to} may be lost.`;
  const hint = `Compare with the people's own records for that time, and check the disk or SD card of ${terminal}.`;
  return noticeOf(new LimenError('journal.corrupt', message, { hint }));
}

function brokenChain(terminal: string, seq: number): HubNotice {
  const message = `Event ${seq} of terminal ${terminal} does not follow from the one before: its journal was altered.`;
  return noticeOf(new LimenError('journal.broken-chain', message, { hint: 'Run `limen journal verify` there.' }));
}
