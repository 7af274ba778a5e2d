import { type Kysely, sql, type Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { hashOf, startsAnew } from '../journal/chain.ts';
import type { WireEvent } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { type HubNotice, noticeOf } from './notice.ts';
import { firstOf, foreignAmong, OtherJournals, type Refusal, refusalOf } from './other-journal.ts';
import { indexPunches } from './punch-book.ts';
import { advance, lostEvents, lostWithJournal, note, passOver, type Reached, takeTerminals } from './reached.ts';
import { type CellType, insertRows, rowSet } from './row-set.ts';
import { transact } from './transact.ts';

/** What became of a batch. */
export interface Stored {
  /** Those that were not here before, in the order of the batch. */
  readonly fresh: readonly WireEvent[];
  readonly reached: readonly Reached[];
  /** Where a terminal has begun to send another journal than the one that is here. */
  readonly refusals: readonly Refusal[];
  readonly notices: readonly HubNotice[];
}

/**
 * Store events, each (terminal, seq) once, in one transaction, and work out how far each terminal is complete.
 * An event that does not fit its own hash, or does not carry that of its predecessor, is stored all the same, because it
 * would never come in another form, and the break is noted in `gaps`. One whose number is taken is not, nor is what
 * follows from it: `elsewhere` remembers that from batch to batch.
 * What this returns may be acknowledged: it is on the disk, and so is everything that another hub process stored.
 */
export async function storeEvents(
  db: Kysely<HubTables>,
  events: readonly WireEvent[],
  receivedAt: Date,
  elsewhere: OtherJournals = new OtherJournals(),
): Promise<Stored> {
  // Before anybody is kept waiting by the transaction.
  const altered = new Set(events.filter((event) => hashOf(event as unknown as LimenEvent) !== event.hash));
  const sifted = elsewhere.sift(events);
  const { foreign, again, ...stored } = await transact(db, async (tx) => {
    const notices: HubNotice[] = [];
    const befores = await takeTerminals(tx, [...new Set(events.map(({ terminal }) => terminal))]);
    const inserted = await insert(tx, sifted, receivedAt);
    const known = new Set(inserted);
    const again = sifted.filter((event) => !known.has(event));
    const foreign = await foreignAmong(tx, { reached: befores, inserted, conflicts: await others(tx, again) });
    const fresh = inserted.filter((event) => !foreign.has(event));
    await remove(
      tx,
      inserted.filter((event) => foreign.has(event)),
    );
    await indexPunches(tx, fresh, receivedAt);
    for (const event of fresh) if (altered.has(event)) notices.push(await noteAltered(tx, event));
    const reached: Reached[] = [];
    for (const before of befores) reached.push(await countOn(tx, before, { events: sifted, notices }));
    const refusals: Refusal[] = [];
    const firsts = firstOf(
      foreign,
      again.filter((event) => !foreign.has(event)),
    );
    for (const event of firsts) {
      const here = reached.find(({ terminal }) => terminal === event.terminal) as Reached;
      refusals.push(await refusalOf(tx, event, here));
    }
    notices.push(...firstOf(foreign, []).map(conflict));
    return { fresh, reached, refusals, notices, foreign, again };
  });
  const kept = [...stored.fresh, ...again.filter((event) => !foreign.has(event))];
  elsewhere.remember({ refused: foreign, kept });
  return stored;
}

/** How far a terminal is complete; a hole before a new beginning of its journal is passed over if it cannot be filled. */
async function countOn(
  tx: Transaction<HubTables>,
  before: Reached,
  { events, notices }: { readonly events: readonly WireEvent[]; readonly notices: HubNotice[] },
): Promise<Reached> {
  const reached = await advance(tx, before, notices);
  const { terminal, seq } = reached;
  const anew = events.find((event) => event.terminal === terminal && event.seq > seq + 1 && startsAnew(event));
  if (anew === undefined || !((anew as unknown as LimenEvent<'journal.recovered'>).body.keptUpTo <= seq))
    return reached;
  notices.push(lostEvents(terminal, seq + 1, anew.seq - 1));
  return passOver(tx, reached, { to: anew.seq - 1, reason: lostWithJournal, notices });
}

async function remove(tx: Transaction<HubTables>, events: readonly WireEvent[]): Promise<void> {
  for (const { terminal, seq } of events)
    await tx.deleteFrom('events').where('terminal', '=', terminal).where('seq', '=', seq).execute();
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

async function noteAltered(tx: Transaction<HubTables>, { terminal, seq }: WireEvent): Promise<HubNotice> {
  await note(tx, { terminal, from_seq: seq, to_seq: seq, reason: 'does not fit its own hash' });
  const message = `Event ${seq} of terminal ${terminal} does not fit its own hash: it was altered there or on its way.`;
  return noticeOf(new LimenError('journal.broken-chain', message, { hint: 'Run `limen journal verify` there.' }));
}

function conflict({ terminal, seq }: WireEvent): HubNotice {
  const hint =
    'A terminal that was set up anew goes on above what is stored, by itself. Where two share this name, give one a name of its own.';
  const message = `Terminal ${terminal} sent an event ${seq} that differs from the one stored; it was not stored.`;
  return noticeOf(new LimenError('journal.broken-chain', message, { hint }));
}
