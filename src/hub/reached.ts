import { sql, type Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { genesisHash, startsAnew } from '../journal/chain.ts';
import type { HubTables } from './hub-schema.ts';
import { type HubNotice, noticeOf } from './notice.ts';
import { insertRows } from './row-set.ts';

/** How far a terminal's events are here without a hole. */
export interface Reached {
  readonly terminal: string;
  readonly seq: number;
  /** Hash of that event; empty when it is known only by hearsay. */
  readonly hash: string;
}

/** Wait for everybody else who stores events of these terminals, and keep them waiting; how far each is complete. */
export async function takeTerminals(tx: Transaction<HubTables>, terminals: readonly string[]): Promise<Reached[]> {
  if (terminals.length === 0) return [];
  const columns = { terminal: 'text', seq: 'integer', hash: 'text' } as const;
  const rows = terminals.map((terminal) => ({ terminal, seq: 0, hash: genesisHash }));
  // Always in one order, so that two processes wait for each other once and never crosswise.
  const taken = await sql<Reached>`${insertRows(tx, 'terminals', { columns, rows })} order by terminal
    on conflict (terminal) do update set seq = terminals.seq returning terminal, seq, hash`.execute(tx);
  return taken.rows;
}

/** Why events are missing that a terminal had and lost. */
export const lostWithJournal = 'lost with a damaged journal';

/** Rows that are looked at in one go: behind a hole there may be millions. */
const rowsAtOnce = 1000;

/** Count on from what was reached, as far as the next events are there; the breaks that are met are noted. */
export async function advance(tx: Transaction<HubTables>, before: Reached, notices: HubNotice[]): Promise<Reached> {
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

/** Count on behind numbers that will not come any more, up to `to`; what is stored among them is counted as ever. */
export async function passOver(
  tx: Transaction<HubTables>,
  before: Reached,
  { to, reason, notices }: { readonly to: number; readonly reason: string; readonly notices: HubNotice[] },
): Promise<Reached> {
  const { terminal } = before;
  let reached = before;
  while (reached.seq < to) {
    const to_seq = Math.min(to, (await nextStored(tx, reached)) - 1);
    await note(tx, { terminal, from_seq: reached.seq + 1, to_seq, reason });
    reached = { terminal, seq: to_seq, hash: '' };
    await setReached(tx, reached);
    reached = await advance(tx, reached, notices);
  }
  return reached;
}

/** The number of the next event that is stored; above all others where there is none. */
export async function nextStored(
  tx: Transaction<HubTables>,
  { terminal, seq }: Pick<Reached, 'terminal' | 'seq'>,
): Promise<number> {
  const next = await tx
    .selectFrom('events')
    .select('seq')
    .where('terminal', '=', terminal)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return next?.seq ?? Number.MAX_SAFE_INTEGER;
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
    const { keptUpTo, above = seq } = await beginning(tx, { terminal, seq });
    if (!(last >= keptUpTo)) return null;
    const hole = { from_seq: last + 1, to_seq: Math.min(above, seq - 1) };
    if (hole.to_seq > last) {
      await note(tx, { terminal, ...hole, reason: lostWithJournal });
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

/** What a terminal that has begun its journal anew says of what was before. */
async function beginning(tx: Transaction<HubTables>, { terminal, seq }: Pick<Reached, 'terminal' | 'seq'>) {
  const found = tx.selectFrom('events').select('row').where('terminal', '=', terminal).where('seq', '=', seq);
  const { row } = await found.executeTakeFirstOrThrow();
  return (JSON.parse(row) as LimenEvent<'journal.recovered'>).body;
}

/** From now on it is this that is reached. */
export async function setReached(tx: Transaction<HubTables>, { terminal, seq, hash }: Reached): Promise<void> {
  await tx
    .insertInto('terminals')
    .values({ terminal, seq, hash })
    .onConflict((on) => on.column('terminal').doUpdateSet({ seq, hash }))
    .execute();
}

/** Note what will not come any more. */
export async function note(tx: Transaction<HubTables>, gap: HubTables['gaps']): Promise<void> {
  await tx
    .insertInto('gaps')
    .values(gap)
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Events of a terminal that lost its journal may have been lost with it. */
export function lostEvents(terminal: string, from: number, to: number): HubNotice {
  const message = `The journal of terminal ${terminal} was damaged: events between ${from} and ${to} may be lost.`;
  const hint = `Compare with the people's own records for that time, and check the disk or SD card of ${terminal}.`;
  return noticeOf(new LimenError('journal.corrupt', message, { hint }));
}

function brokenChain(terminal: string, seq: number): HubNotice {
  const message = `Event ${seq} of terminal ${terminal} does not follow from the one before: its journal was altered.`;
  return noticeOf(new LimenError('journal.broken-chain', message, { hint: 'Run `limen journal verify` there.' }));
}
