import { type Kysely, sql, type Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { hashOf, startsAnew } from '../journal/chain.ts';
import type { WireEvent } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { type HubNotice, noticeOf } from './notice.ts';
import { indexPunches } from './punch-book.ts';
import { type CellType, insertRows, rowSet } from './row-set.ts';
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
export async function storeEvents(
  db: Kysely<HubTables>,
  events: readonly WireEvent[],
  receivedAt: Date,
): Promise<Stored> {
  // Before anybody is kept waiting by the transaction.
  const altered = new Set(events.filter((event) => hashOf(event as unknown as LimenEvent) !== event.hash));
  return transact(db, async (tx) => {
    const notices: HubNotice[] = [];
    const befores = await takeTerminals(tx, [...new Set(events.map(({ terminal }) => terminal))]);
    const fresh = await insert(tx, events, receivedAt);
    await indexPunches(tx, fresh, receivedAt);
    const known = new Set(fresh);
    for (const event of fresh) if (altered.has(event)) notices.push(await noteAltered(tx, event));
    const again = events.filter((event) => !known.has(event));
    notices.push(...(await others(tx, again)).map(conflict));
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
    const [before] = await takeTerminals(tx, [terminal]);
    if (seq < 1 || (before as Reached).seq > 0) return false;
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

/** Wait for everybody else who stores events of these terminals, and keep them waiting; how far each is complete. */
async function takeTerminals(tx: Transaction<HubTables>, terminals: readonly string[]): Promise<Reached[]> {
  if (terminals.length === 0) return [];
  const columns = { terminal: 'text', seq: 'integer', hash: 'text' } as const;
  const rows = terminals.map((terminal) => ({ terminal, seq: 0, hash: genesis }));
  // Always in one order, so that two processes wait for each other once and never crosswise.
  const taken = await sql<Reached>`${insertRows(tx, 'terminals', { columns, rows })} order by terminal
    on conflict (terminal) do update set seq = terminals.seq returning terminal, seq, hash`.execute(tx);
  return taken.rows;
}

const eventColumns = {
  terminal: 'text',
  seq: 'integer',
  id: 'text',
  at: 'text',
  kind: 'text',
  hash: 'text',
  previous_hash: 'text',
  row: 'text',
  received_at: 'text',
  person_id: 'text',
} as const satisfies Record<keyof HubTables['events'], CellType>;

/** Those of `events` that were not here before, in their order. */
async function insert(
  tx: Transaction<HubTables>,
  events: readonly WireEvent[],
  receivedAt: Date,
): Promise<WireEvent[]> {
  if (events.length === 0) return [];
  const received_at = receivedAt.toISOString();
  const rows = events.map((event) => {
    const { terminal, seq, id, at, kind, hash, previousHash: previous_hash } = event;
    const row = JSON.stringify(event);
    const { personId } = event.body as { readonly personId?: unknown };
    const person_id = typeof personId === 'string' ? personId : null;
    return { terminal, seq, id, at, kind, hash, previous_hash, row, received_at, person_id };
  });
  const inserted = await sql<EventKey>`${insertRows(tx, 'events', { columns: eventColumns, rows })}
    on conflict (terminal, seq) do nothing returning terminal, seq`.execute(tx);
  const fresh = new Set(inserted.rows.map(keyOf));
  return events.filter((event) => fresh.delete(keyOf(event)));
}

type EventKey = Pick<HubTables['events'], 'terminal' | 'seq'>;

function keyOf({ terminal, seq }: EventKey): string {
  return `${terminal}/${seq}`;
}

/** Those of `events` that are not what is stored under their numbers. */
async function others(tx: Transaction<HubTables>, events: readonly WireEvent[]): Promise<WireEvent[]> {
  if (events.length === 0) return [];
  const columns = { terminal: 'text', seq: 'integer' } as const;
  const keys = events.map(({ terminal, seq }) => ({ terminal, seq }));
  const given = rowSet(tx, columns, keys);
  const stored = await sql<Pick<HubTables['events'], 'terminal' | 'seq' | 'hash'>>`
    select events.terminal, events.seq, events.hash from ${given}
    join events on events.terminal = given.terminal and events.seq = given.seq`.execute(tx);
  const hashes = new Map(stored.rows.map((row) => [keyOf(row), row.hash]));
  return events.filter((event) => hashes.get(keyOf(event)) !== event.hash);
}

/** Rows that are looked at in one go: behind a hole there may be millions. */
const rowsAtOnce = 1000;

async function advance(tx: Transaction<HubTables>, before: Reached, notices: HubNotice[]): Promise<Reached> {
  const { terminal } = before;
  let reached = before;
  for (let more = true; more; ) {
    const rows = await tx
      .selectFrom('events')
      .select(['seq', 'kind', 'hash', 'previous_hash'])
      .where('terminal', '=', terminal)
      .where('seq', '>', reached.seq)
      .orderBy('seq')
      .limit(rowsAtOnce)
      .execute();
    more = rows.length === rowsAtOnce;
    for (const row of rows) {
      const next = await following(tx, reached, { row, notices });
      if (next === null) {
        more = false;
        break;
      }
      reached = next;
    }
  }
  if (reached.seq > before.seq) await setReached(tx, reached);
  return reached;
}

type Link = Pick<HubTables['events'], 'seq' | 'kind' | 'hash' | 'previous_hash'>;

/** How far a terminal is complete with its next event; `null` where there is a hole before it that may yet be filled. */
async function following(
  tx: Transaction<HubTables>,
  { terminal, seq: last, hash: lastHash }: Reached,
  { row: { seq, kind, hash, previous_hash }, notices }: { readonly row: Link; readonly notices: HubNotice[] },
): Promise<Reached | null> {
  if (startsAnew({ kind, previousHash: previous_hash })) {
    // What the terminal still has is on its way; only what it lost may be passed over.
    if (!(last >= (await keptUpTo(tx, { terminal, seq })))) return null;
    if (seq > last + 1) {
      const hole = { from_seq: last + 1, to_seq: seq - 1 };
      await note(tx, { terminal, ...hole, reason: 'lost with a damaged journal' });
      notices.push(lostEvents(terminal, hole.from_seq, hole.to_seq));
    }
    return { terminal, seq, hash };
  }
  if (seq !== last + 1) return null;
  if (lastHash !== '' && previous_hash !== lastHash) {
    await note(tx, { terminal, from_seq: seq, to_seq: seq, reason: 'does not follow from the event before' });
    notices.push(brokenChain(terminal, seq));
  }
  return { terminal, seq, hash };
}

/** Up to which number a terminal that lost its journal says that it still has everything. */
async function keptUpTo(tx: Transaction<HubTables>, { terminal, seq }: EventKey): Promise<number> {
  const found = tx.selectFrom('events').select('row').where('terminal', '=', terminal).where('seq', '=', seq);
  const { row } = await found.executeTakeFirstOrThrow();
  return (JSON.parse(row) as LimenEvent<'journal.recovered'>).body.keptUpTo;
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
