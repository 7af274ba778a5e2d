import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { monotonicFactory, ulid } from 'ulid';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { LimenEvent, Occurrence } from '../domain/event.ts';
import { type ChainEnd, canonicalJson, genesisHash, hashOf, type Unsealed } from './chain.ts';
import type { Journal } from './journal.ts';
import { type JournalState, transaction } from './journal-database.ts';
import type { SequenceMark } from './sequence-mark.ts';
import { SqliteReader } from './sqlite-reader.ts';

/** What a {@link SqliteJournal} is built from; `openJournal` does it. */
export interface SqliteJournalParts {
  readonly file: string;
  readonly db: DatabaseSyncInstance;
  readonly terminal: string;
  readonly clock: Clock;
  readonly mark: SequenceMark;
  readonly state: Pick<JournalState, 'acknowledged' | 'anchor'>;
}

/** Rows that are read in one go where there may be very many. */
const rowsAtOnce = 1000;

/** The journal on SQLite: write-ahead log, `synchronous = FULL`, so a commit is on the disk when it returns. */
export class SqliteJournal extends SqliteReader implements Journal {
  readonly #clock: Clock;
  readonly #mark: SequenceMark;
  readonly #newId = monotonicFactory();
  readonly #insert: StatementSyncInstance;
  #end: ChainEnd;
  #acknowledged: number;
  #turn = ulid();
  /** Set once SQLite has reported damage: such a journal is checked page by page at the next start. */
  #suspect = false;

  constructor({ file, db, terminal, clock, mark, state }: SqliteJournalParts) {
    super(file, db, terminal);
    this.#clock = clock;
    this.#mark = mark;
    this.#insert = db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#acknowledged = state.acknowledged;
    this.#end = this.end();
  }

  override get lastSeq(): number {
    return this.#end.seq;
  }

  override get acknowledgedSeq(): number {
    return this.#acknowledged;
  }

  get turn(): string {
    return this.#turn;
  }

  append(occurrence: Occurrence): LimenEvent {
    return this.#write(occurrence, { seq: this.#end.seq + 1, previousHash: this.#end.hash });
  }

  /** Begin a new chain above every number that the lost part of this journal can have used; see `startsAnew`. */
  restart(reason: LimenError): LimenEvent {
    const kept = this.latest(1)[0]?.seq ?? 0;
    const body = { code: reason.code, reason: reason.message, keptUpTo: kept };
    const seq = Math.max(this.#mark.bound, this.#end.seq) + 1;
    return this.#write({ kind: 'journal.recovered', body }, { seq, previousHash: genesisHash });
  }

  renumber(above: number): void {
    const before = this.#end;
    if (this.#acknowledged === before.seq) return;
    this.guarded(() => {
      try {
        transaction(this.db, () => this.#moveUnacknowledged(above));
      } catch (error) {
        this.#end = before;
        throw error;
      }
    });
  }

  #moveUnacknowledged(above: number): void {
    const [kept, last] = [this.#acknowledged, this.#end.seq];
    const first = Math.max(above, last) + 1;
    let [count, unfit] = [0, 0];
    for (const row of this.#between(kept, last)) {
      count++;
      if (hashOf(row) !== row.hash) unfit++;
    }
    const fault = unfit === 0 ? '' : `; ${unfit} of them did not fit their own hash`;
    const reason = `The hub has another journal of this terminal, up to event ${above}: ${count} events behind ${kept} got new numbers${fault}.`;
    // Durable before any of these numbers is used, and once for all of them.
    this.#mark.cover(first + count);
    const body = { code: 'journal.renumbered', reason, keptUpTo: kept, above };
    this.#write({ kind: 'journal.recovered', body }, { seq: first, previousHash: genesisHash });
    for (const { hash: _former, ...row } of this.#between(kept, last)) {
      this.#insertRow({ ...row, seq: this.#end.seq + 1, previousHash: this.#end.hash });
    }
    this.db.prepare('DELETE FROM event WHERE seq > ? AND seq <= ?').run(kept, last);
  }

  /** Rows after `from`, up to and including `to`; there may be more than fit into memory. */
  *#between(from: number, to: number): Generator<LimenEvent> {
    for (let at = from; at < to; ) {
      const rows = this.after(at, rowsAtOnce);
      for (const row of rows) if (row.seq <= to) yield row;
      at = rows.at(-1)?.seq ?? to;
    }
  }

  #write({ kind, body }: Occurrence, place: Pick<LimenEvent, 'seq' | 'previousHash'>): LimenEvent {
    return this.guarded(() => {
      const now = this.#clock.now();
      const unsealed: Unsealed = {
        seq: place.seq,
        id: this.#newId(now.getTime()),
        terminal: this.terminal,
        at: now.toISOString(),
        clock: this.#clock.quality(),
        kind,
        body: JSON.parse(canonicalJson(body)),
        previousHash: place.previousHash,
      };
      return this.#insertRow(unsealed);
    });
  }

  #insertRow(unsealed: Unsealed): LimenEvent {
    const event = { ...unsealed, hash: hashOf(unsealed) } as LimenEvent;
    this.#mark.cover(event.seq);
    const { seq, id, terminal, at, clock, kind, body, previousHash, hash } = event;
    this.#insert.run(seq, id, terminal, at, clock, kind, canonicalJson(body), previousHash, hash);
    this.#end = { seq, hash };
    return event;
  }

  /** A number past `lastSeq` is another journal's (the terminal was set up anew): believing it would drop events. */
  acknowledge(seq: number): void {
    if (Number.isSafeInteger(seq) && seq > this.#acknowledged && seq <= this.#end.seq) this.#setAcknowledged(seq);
  }

  resendAfter(seq: number): void {
    const gone = (this.firstSeq || this.#end.seq + 1) - 1;
    const from = Math.max(seq, gone);
    if (!Number.isSafeInteger(from) || from >= this.#acknowledged) return;
    this.#setAcknowledged(from);
    this.#turn = ulid();
  }

  #setAcknowledged(seq: number): void {
    this.guarded(() => {
      // Not synced: an acknowledgement that a power cut takes away comes again, and a sync wears the SD card.
      this.db.exec('PRAGMA synchronous = NORMAL');
      try {
        this.db.prepare('UPDATE state SET acknowledged = ?').run(seq);
      } finally {
        this.db.exec('PRAGMA synchronous = FULL');
      }
      this.#acknowledged = seq;
    });
  }

  /** Stops at the first row that must stay, so that what stays is one chain; its anchor is moved along. */
  prune(before: Date): number {
    return this.guarded(() => {
      const kept = this.db
        .prepare('SELECT min(seq) AS seq FROM event WHERE seq > ? OR at >= ?')
        .get(this.#acknowledged, before.toISOString());
      const last = this.db
        .prepare('SELECT seq, hash FROM event WHERE seq < ? ORDER BY seq DESC LIMIT 1')
        .get(kept.seq ?? Number.MAX_SAFE_INTEGER);
      if (last === undefined) return 0;
      return transaction(this.db, () => {
        this.db.prepare('UPDATE state SET anchor_seq = ?, anchor_hash = ?').run(last.seq, last.hash);
        return Number(this.db.prepare('DELETE FROM event WHERE seq <= ?').run(last.seq).changes);
      });
    });
  }

  override close(): void {
    if (!this.db.isOpen) return;
    try {
      if (!this.#suspect) this.db.exec('UPDATE state SET closed = 1; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A journal that could not be marked as closed is checked at the next start; that is all the mark is for.
    }
    super.close();
  }

  protected override guarded<T>(work: () => T): T {
    try {
      return super.guarded(work);
    } catch (error) {
      this.#suspect ||= error instanceof LimenError && error.code === 'journal.corrupt';
      throw error;
    }
  }
}
