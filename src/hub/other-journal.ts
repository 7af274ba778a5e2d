import type { Transaction } from 'kysely';
import { genesisHash } from '../journal/chain.ts';
import type { WireEvent } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import type { Reached } from './reached.ts';

/** The first event of a terminal whose number the books have given to another: it has a journal that they do not know. */
export interface Refusal {
  readonly event: WireEvent;
  /** The last event before it that the books have without a hole; all zeros where they do not know its hash. */
  readonly before: { readonly seq: number; readonly hash: string };
  /** The highest number that is taken. */
  readonly above: number;
}

/** More than this are many journals gone wrong; what is forgotten is refused again when it comes again. */
const mostRemembered = 10_000;

/**
 * What was refused because its number was taken, so that what follows from it is refused as well: stored behind the
 * events of the journal before, it would be acknowledged, and what was refused before it lost with that.
 */
export class OtherJournals {
  readonly #refused = new Set<string>();

  /** Those of `events` that follow from nothing that was refused. */
  sift(events: readonly WireEvent[]): readonly WireEvent[] {
    if (this.#refused.size === 0) return events;
    return events.filter((event) => {
      if (!this.#refused.has(before(event))) return true;
      this.#refused.add(itself(event));
      return false;
    });
  }

  /** What became of a batch, once that is on the disk. */
  remember({ refused, kept }: { readonly refused: Iterable<WireEvent>; readonly kept: readonly WireEvent[] }): void {
    if (this.#refused.size > mostRemembered) this.#refused.clear();
    if (this.#refused.size > 0) for (const event of kept) this.#refused.delete(itself(event));
    for (const event of refused) this.#refused.add(itself(event));
  }
}

/** Hashes of one terminal say nothing about another. */
function itself({ terminal, hash }: WireEvent): string {
  return `${terminal} ${hash}`;
}

function before({ terminal, previousHash }: WireEvent): string {
  return `${terminal} ${previousHash}`;
}

/**
 * What of a batch is of another journal than the books: under a number that is taken, or was passed over because no
 * event has it; the beginning of a chain where the books are further; and what follows from these.
 */
export async function foreignAmong(
  tx: Transaction<HubTables>,
  batch: {
    readonly reached: readonly Reached[];
    readonly inserted: readonly WireEvent[];
    readonly conflicts: readonly WireEvent[];
  },
): Promise<Set<WireEvent>> {
  const { reached, inserted, conflicts } = batch;
  const last = new Map(reached.map(({ terminal, seq }) => [terminal, seq]));
  const foreign = new Set(conflicts);
  for (const event of inserted) {
    if (event.seq > (last.get(event.terminal) ?? 0)) continue;
    if (event.previousHash === genesisHash || !(await isMissing(tx, event))) foreign.add(event);
  }
  if (foreign.size === 0) return foreign;
  const hashes = new Set([...foreign].map(itself));
  for (const event of [...inserted].sort((a, b) => a.seq - b.seq)) {
    if (!hashes.has(before(event))) continue;
    foreign.add(event);
    hashes.add(itself(event));
  }
  return foreign;
}

/** Whether it is known to exist: then it may come after all. */
async function isMissing(tx: Transaction<HubTables>, { terminal, seq }: WireEvent): Promise<boolean> {
  const gaps = tx.selectFrom('gaps').select('terminal').where('terminal', '=', terminal);
  const gap = await gaps.where('from_seq', '<=', seq).where('to_seq', '>=', seq).limit(1).executeTakeFirst();
  return gap !== undefined;
}

/** Of each terminal the first that is foreign; one that comes before events which are known was altered, and is no beginning. */
export function firstOf(foreign: Iterable<WireEvent>, known: readonly WireEvent[]): WireEvent[] {
  const first = new Map<string, WireEvent>();
  for (const event of foreign) {
    if (event.seq < (first.get(event.terminal)?.seq ?? Number.MAX_SAFE_INTEGER)) first.set(event.terminal, event);
  }
  for (const { terminal, seq } of known) {
    if (seq > (first.get(terminal)?.seq ?? Number.MAX_SAFE_INTEGER)) first.delete(terminal);
  }
  return [...first.values()];
}

/** What the terminal has to know to go on above what the books have. */
export async function refusalOf(tx: Transaction<HubTables>, event: WireEvent, reached: Reached): Promise<Refusal> {
  const { terminal } = event;
  const stored = tx.selectFrom('events').where('terminal', '=', terminal);
  const highest = await stored.select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const seq = Math.min(event.seq - 1, reached.seq);
  const row = await stored.select('hash').where('seq', '=', seq).executeTakeFirst();
  const above = Math.max(highest?.seq ?? 0, reached.seq);
  return { event, before: { seq, hash: row?.hash ?? genesisHash }, above };
}
