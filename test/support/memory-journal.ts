import { ulid } from 'ulid';
import type { LimenEvent, Occurrence } from '../../src/domain/event.ts';
import { hashOf } from '../../src/journal/chain.ts';
import type { Journal } from '../../src/journal/journal.ts';

/** A journal that forgets: for tests of what is built on journals, not of journals. */
export function memoryJournal(terminal: string): Journal {
  const rows: LimenEvent[] = [];
  let acknowledgedSeq = 0;
  let turn = ulid();
  return {
    append: (occurrence: Occurrence) => {
      const row = {
        seq: rows.length + 1,
        id: ulid(),
        terminal,
        at: new Date().toISOString(),
        clock: 'unsynced' as const,
        ...occurrence,
        previousHash: rows.at(-1)?.hash ?? '0'.repeat(64),
      };
      const event = { ...row, hash: hashOf(row) } as LimenEvent;
      rows.push(event);
      return event;
    },
    after: (seq, limit) => rows.slice(seq, seq + limit),
    latest: (limit) => rows.slice(-limit),
    latestOf: (kinds, limit) => rows.filter(({ kind }) => kinds.includes(kind)).slice(-limit),
    get firstSeq() {
      return rows[0]?.seq ?? 0;
    },
    get lastSeq() {
      return rows.length;
    },
    get acknowledgedSeq() {
      return acknowledgedSeq;
    },
    get turn() {
      return turn;
    },
    acknowledge: (seq) => {
      acknowledgedSeq = Math.max(acknowledgedSeq, Math.min(seq, rows.length));
    },
    resendAfter: (seq) => {
      if (seq >= acknowledgedSeq) return;
      acknowledgedSeq = seq;
      turn = ulid();
    },
    renumber: () => {
      throw new Error('a journal that forgets has never been another');
    },
    prune: () => 0,
    verify: () => ({ rows: rows.length, firstSeq: 1, lastSeq: rows.length, brokenAt: null }),
    close: () => {},
  };
}
