import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { EventKind, LimenEvent } from '../domain/event.ts';
import { type ChainEnd, follows } from './chain.ts';
import type { ChainReport, Journal, JournalRows } from './journal.ts';
import { eventFrom, guarded, openForReading } from './journal-database.ts';
import { inSql, type RowsBetween, type WantedEvents } from './wanted.ts';

/** The part of a journal that only reads; safe beside the daemon that writes it. */
export type JournalReader = Pick<Journal, 'after' | 'latest' | 'latestOf' | 'verify' | 'acknowledgedSeq' | 'close'> &
  JournalRows & {
    readonly terminal: string;
  };

/**
 * Look into a journal without changing it, whether or not its daemon runs.
 *
 * @throws LimenError `file.unreadable` when there is none, `journal.corrupt`, `file.newer-version`.
 */
export function openJournalReader(file: string): JournalReader {
  const { db, state } = openForReading(file);
  return new SqliteReader(file, db, state.terminal);
}

/** Rows that a search by kind looks at. */
const searched = 100_000;

/** What reading and writing journals share. */
export class SqliteReader implements JournalReader {
  readonly terminal: string;
  protected readonly file: string;
  protected readonly db: DatabaseSyncInstance;

  constructor(file: string, db: DatabaseSyncInstance, terminal: string) {
    this.file = file;
    this.db = db;
    this.terminal = terminal;
  }

  get firstSeq(): number {
    return this.guarded(() => this.db.prepare('SELECT min(seq) AS seq FROM event').get().seq ?? 0);
  }

  get lastSeq(): number {
    return this.end().seq;
  }

  get acknowledgedSeq(): number {
    return this.guarded(() => this.db.prepare('SELECT acknowledged FROM state').get().acknowledged);
  }

  after(seq: number, limit: number): LimenEvent[] {
    return this.events('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit);
  }

  latest(limit: number): LimenEvent[] {
    return this.events('SELECT * FROM event ORDER BY seq DESC LIMIT ?', limit).reverse();
  }

  latestOf(kinds: readonly EventKind[], limit: number): LimenEvent[] {
    const any = kinds.map(() => '?').join(', ');
    const sql = `SELECT * FROM event WHERE kind IN (${any}) AND seq > ? ORDER BY seq DESC LIMIT ?`;
    return this.events(sql, ...kinds, this.lastSeq - searched, limit).reverse();
  }

  matching(wanted: WantedEvents, { after, before, order, limit }: RowsBetween): LimenEvent[] {
    const { sql, values } = inSql(wanted);
    const direction = order === 'oldest' ? 'ASC' : 'DESC';
    const text = `SELECT * FROM event WHERE seq > ? AND seq < ?${sql} ORDER BY seq ${direction} LIMIT ?`;
    return this.events(text, after, before, ...values, limit);
  }

  deeds({ before, limit }: { before: number; limit: number }): LimenEvent<'console.deed'>[] {
    // In the words of the index, or SQLite does not use it: see journal-database.ts.
    const sql = "SELECT * FROM event WHERE kind = 'console.deed' AND seq < ? ORDER BY seq DESC LIMIT ?";
    return this.events(sql, before, limit) as LimenEvent<'console.deed'>[];
  }

  verify(): ChainReport {
    return this.guarded(() => {
      let before = this.anchor();
      let [rows, firstSeq, brokenAt] = [0, null as number | null, null as number | null];
      for (const row of this.db.prepare('SELECT * FROM event ORDER BY seq').iterate()) {
        rows += 1;
        firstSeq ??= row.seq;
        if (!isSound(before, row, this.file)) brokenAt ??= row.seq;
        before = { seq: row.seq, hash: row.hash };
      }
      return { rows, firstSeq, lastSeq: rows === 0 ? null : before.seq, brokenAt };
    });
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  protected anchor(): ChainEnd {
    return this.db.prepare('SELECT anchor_seq AS seq, anchor_hash AS hash FROM state').get();
  }

  protected end(): ChainEnd {
    return this.guarded(
      () => this.db.prepare('SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1').get() ?? this.anchor(),
    );
  }

  protected guarded<T>(work: () => T): T {
    return guarded(this.file, work);
  }

  private events(sql: string, ...values: (number | string)[]): LimenEvent[] {
    return this.guarded(() =>
      this.db
        .prepare(sql)
        .all(...values)
        .map((row) => eventFrom(row, this.file)),
    );
  }
}

function isSound(before: ChainEnd, row: Record<string, unknown>, file: string): boolean {
  try {
    return follows(before, eventFrom(row, file));
  } catch {
    return false;
  }
}
