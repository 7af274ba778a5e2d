import type { Kysely, Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from './hub-schema.ts';
import { type HubNotice, noticeOf } from './notice.ts';
import { nextStored, passOver, type Reached, takeTerminals } from './reached.ts';
import { transact } from './transact.ts';

/** What a terminal says of its journal. */
export interface JournalSaid {
  readonly terminal: string;
  /** A hub has acknowledged everything up to here. */
  readonly acknowledgedSeq: number;
  /** The oldest row that it still has; left out by an older terminal, which sends nothing a second time either. */
  readonly firstSeq?: number | undefined;
}

/** How far the books are, held against what a terminal says that they hold. */
export interface Compared {
  readonly reached: Reached;
  /** They have lost events that the terminal takes for safe: those behind `reached` are to be asked for. */
  readonly isBehind: boolean;
  readonly notices: readonly HubNotice[];
}

/**
 * Hold the books against what a terminal says was acknowledged. An acknowledgement is given after its events are on the
 * disk, so books that hold less were restored from a backup, or are new. What the terminal does not have any more either
 * is noted as a gap, and counting goes on behind it.
 */
export async function compare(db: Kysely<HubTables>, said: JournalSaid): Promise<Compared> {
  const { terminal, acknowledgedSeq } = said;
  const known = await db
    .selectFrom('terminals')
    .select(['terminal', 'seq', 'hash'])
    .where('terminal', '=', terminal)
    .executeTakeFirst();
  // Said every ten seconds by everybody: the disk is written to only where something is amiss.
  if (known !== undefined && known.seq >= acknowledgedSeq) return { reached: known, isBehind: false, notices: [] };
  return transact(db, async (tx) => {
    const [before] = (await takeTerminals(tx, [terminal])) as [Reached];
    const notices: HubNotice[] = [];
    const gone = before.seq >= acknowledgedSeq ? 0 : await goneUpTo(tx, before, said);
    const reached = await passOver(tx, before, { to: gone, reason: 'acknowledged by an earlier hub', notices });
    if (before.seq > 0 && reached.seq > before.seq) notices.unshift(lostFor(terminal, before.seq + 1, gone));
    return { reached, isBehind: reached.seq < acknowledgedSeq, notices };
  });
}

/** Up to which number nothing comes any more. */
async function goneUpTo(
  tx: Transaction<HubTables>,
  { terminal, seq }: Reached,
  { acknowledgedSeq, firstSeq }: JournalSaid,
): Promise<number> {
  if (firstSeq !== undefined) return Math.min(firstSeq - 1, acknowledgedSeq);
  // An older terminal: believed by books that have nothing of it yet. What others lack waits there until it is updated.
  const any = seq > 0 || (await nextStored(tx, { terminal, seq })) <= acknowledgedSeq;
  return any ? 0 : acknowledgedSeq;
}

/** Told once, when a terminal is first found to know more than the books. */
export function behind({ terminal, acknowledgedSeq, firstSeq }: JournalSaid, { seq }: Reached): HubNotice {
  const message = `The books have the events of terminal ${terminal} up to ${seq}, and it was acknowledged up to ${acknowledgedSeq}.`;
  const again = 'They were restored from a backup: what is missing comes again from the terminal.';
  const hint = firstSeq === undefined ? `Update limen on ${terminal}: then what is missing comes again.` : again;
  return noticeOf(new LimenError('journal.books-behind', message, { hint }));
}

function lostFor(terminal: string, from: number, to: number): HubNotice {
  const message = `Events ${from} to ${to} of terminal ${terminal} were lost with the books, and it has deleted them since.`;
  const hint = "Compare with the people's own records for that time; a newer backup may still hold them.";
  return noticeOf(new LimenError('journal.books-behind', message, { hint }));
}
