import { setTimeout as delay } from 'node:timers/promises';
import type { LimenEvent } from '../domain/event.ts';
import type { JournalRows } from '../journal/journal.ts';
import type { RowsBetween, WantedEvents } from '../journal/wanted.ts';
import { inOrder } from '../runtime/in-order.ts';

/** A journal in which somebody may look for something without holding up the door. */
export interface JournalSearch {
  /**
   * Up to `limit` of what is wanted, newest first, from below `before` on; `next` is where to go on, `null` at the oldest
   * row. Looks at `mostRows` at most, so that a page may be short, or empty, with more behind it.
   */
  newest(
    wanted: WantedEvents,
    page: { readonly before: number | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<{ readonly events: LimenEvent[]; readonly next: number | null }>;
  /** Everything that is wanted and is there now, oldest first. */
  every(wanted: WantedEvents): AsyncGenerator<LimenEvent>;
}

/** A millisecond or so of SQLite, even of rows that no filter takes. */
const usualBatchRows = 500;
const usualMostRows = 200_000;

/**
 * Search a journal that the same thread writes and acts by: a few rows at a time, whoever asks, and as long a rest after
 * each as it took. Nothing that matters waits for longer than one such batch.
 */
export function journalSearch(
  journal: Pick<JournalRows, 'matching' | 'firstSeq' | 'lastSeq'>,
  { batchRows = usualBatchRows, mostRows = usualMostRows } = {},
): JournalSearch {
  const inTurn = inOrder();
  const look = (wanted: WantedEvents, rows: RowsBetween) =>
    inTurn(async () => {
      const startMs = performance.now();
      const found = journal.matching(wanted, rows);
      await delay(performance.now() - startMs);
      return found;
    });
  return {
    async newest(wanted, { before, limit, signal }) {
      const { firstSeq, lastSeq } = journal;
      const events: LimenEvent[] = [];
      let below = Math.min(before ?? Number.POSITIVE_INFINITY, lastSeq + 1);
      const floor = Math.max(firstSeq, below - mostRows);
      while (below > floor && !signal.aborted) {
        const after = Math.max(floor, below - batchRows) - 1;
        const rows = { after, before: below, order: 'newest', limit: limit - events.length } as const;
        events.push(...(await look(wanted, rows)));
        if (events.length === limit) return { events, next: events.at(-1)?.seq ?? null };
        below = after + 1;
      }
      return { events, next: below > firstSeq ? below : null };
    },
    async *every(wanted) {
      const { firstSeq, lastSeq } = journal;
      for (let after = firstSeq - 1; after < lastSeq; after += batchRows) {
        const before = Math.min(after + batchRows, lastSeq) + 1;
        yield* await look(wanted, { after, before, order: 'oldest', limit: batchRows });
      }
    },
  };
}
