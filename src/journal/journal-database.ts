import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { diskFull, isOutOfSpace } from '../runtime/out-of-space.ts';
import type { ChainEnd } from './chain.ts';
import { syncing } from './sequence-mark.ts';

/** The layout this limen writes, kept in SQLite's `user_version`. */
const journalFormat = 1;

/** Deeds are few among very many events, and looked through by whoever opens that page. */
const deedIndex = `CREATE INDEX IF NOT EXISTS event_deed ON event (seq) WHERE kind = 'console.deed';`;

const schema = `
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    terminal TEXT NOT NULL,
    at TEXT NOT NULL,
    clock TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    terminal TEXT NOT NULL,
    acknowledged INTEGER NOT NULL,
    anchor_seq INTEGER NOT NULL,
    anchor_hash TEXT NOT NULL,
    closed INTEGER NOT NULL
  ) STRICT;
  ${deedIndex}
  PRAGMA user_version = ${journalFormat};`;

/** What a journal knows besides its events. */
export interface JournalState {
  readonly terminal: string;
  readonly acknowledged: number;
  /** The row before the first one that is kept: the last one pruned, or where the chain begins. */
  readonly anchor: ChainEnd;
  /** Whether it was closed properly: then it need not be checked page by page at the next start. */
  readonly closed: boolean;
}

/**
 * Open the database for writing; `null` state means that there is no journal in it yet.
 *
 * @throws LimenError `journal.corrupt`, `file.newer-version`, `disk.full`, `journal.failed`.
 */
export function openForWriting(file: string): { db: DatabaseSyncInstance; state: JournalState | null } {
  return guarded(file, () => {
    // SQLite gives its -wal and -shm files the mode of the database, so that one is made here, and its name is synced.
    if (!existsSync(file)) {
      syncing(file, 'a', () => {});
      syncing(dirname(file), 'r', () => {});
    }
    const db = new DatabaseSync(file, { timeout: 5000 });
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON');
      const state = readState(db, file);
      if (state !== null && !state.closed) checkPages(db, file);
      // An older limen made its journals without the index, and opens those that have it.
      if (state !== null) db.exec(`${deedIndex} UPDATE state SET closed = 0`);
      return { db, state };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Open the database for reading, beside a daemon that writes it or without one. Without one there is no -wal file, and
 * it is opened as immutable: a reader that runs as root would otherwise leave a -wal and -shm the daemon cannot open.
 *
 * @throws LimenError `file.unreadable` when there is no journal, otherwise as {@link openForWriting}.
 */
export function openForReading(file: string): { db: DatabaseSyncInstance; state: JournalState } {
  return guarded(file, () => {
    if (!existsSync(file)) throw nothingThere(file);
    const url = pathToFileURL(file);
    if (!existsSync(`${file}-wal`)) url.searchParams.set('immutable', '1');
    const db = new DatabaseSync(url, { readOnly: true, timeout: 5000 });
    try {
      const state = readState(db, file);
      if (state === null) throw nothingThere(file);
      return { db, state };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Lay out a new journal; the caller holds the transaction. */
export function createSchema(db: DatabaseSyncInstance, state: Omit<JournalState, 'closed'>): void {
  db.exec(schema);
  db.prepare('INSERT INTO state VALUES (1, ?, ?, ?, ?, 0)').run(
    state.terminal,
    state.acknowledged,
    state.anchor.seq,
    state.anchor.hash,
  );
}

function readState(db: DatabaseSyncInstance, file: string): JournalState | null {
  const format = Number(db.prepare('PRAGMA user_version').get().user_version);
  if (format > journalFormat) {
    throw new LimenError('file.newer-version', `The journal ${file} was written by a newer limen (format ${format}).`, {
      hint: 'Install the newer limen again.',
    });
  }
  if (format === 0) {
    if (db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined) return null;
    throw damaged(file, 'it is a database of something else');
  }
  const row = db.prepare('SELECT * FROM state').get();
  if (row === undefined) throw damaged(file, 'its state is missing');
  const anchor = { seq: row.anchor_seq, hash: row.anchor_hash };
  return { terminal: row.terminal, acknowledged: row.acknowledged, anchor, closed: row.closed === 1 };
}

function checkPages(db: DatabaseSyncInstance, file: string): void {
  const [first] = db.prepare('PRAGMA quick_check(1)').all();
  if (first?.quick_check !== 'ok') throw damaged(file, String(first?.quick_check));
}

/** @throws LimenError `journal.corrupt` when the row does not hold an event. */
export function eventFrom(row: Record<string, unknown>, file: string): LimenEvent {
  const { previous_hash: previousHash, body, ...rest } = row;
  try {
    return { ...rest, body: JSON.parse(String(body)), previousHash } as unknown as LimenEvent;
  } catch (error) {
    throw damaged(file, `event ${row.seq} is not JSON`, error);
  }
}

/** Run database work; what SQLite throws becomes a LimenError. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isLimenError(error) ? error : fromSqlite(file, error);
  }
}

/** SQLite's result codes: https://sqlite.org/rescode.html; the low byte is the kind. */
const sqlite = { corrupt: 11, notADatabase: 26 } as const;
/** IOERR_READ, _SHORT_READ, _CORRUPTFS, _DATA: what a worn SD card answers for the blocks it has lost. */
const unreadable = [266, 522, 8458, 8202];

function fromSqlite(file: string, error: unknown): LimenError {
  if (isOutOfSpace(error))
    return diskFull(`The journal ${file}`, { until: 'Until then nobody is let in.', cause: error });
  const { sqliteExtendedCode = 0 } = error as { sqliteExtendedCode?: number };
  const kind = sqliteExtendedCode & 0xff;
  if (kind === sqlite.corrupt || kind === sqlite.notADatabase || unreadable.includes(sqliteExtendedCode))
    return damaged(file, messageOf(error), error);
  return new LimenError('journal.failed', `The journal ${file} failed: ${messageOf(error)}.`, {
    hint: 'Check that the data folder belongs to the user limen runs as, and that its disk is mounted and writable.',
    cause: error,
  });
}

/** `journal.corrupt`, with what is to be done about it. */
export function damaged(file: string, what: string, cause?: unknown): LimenError {
  const size = existsSync(file) ? ` (${statSync(file).size} bytes)` : '';
  return new LimenError('journal.corrupt', `The journal ${file}${size} is damaged: ${what}.`, {
    hint: 'The daemon sets a damaged journal aside at its next start and keeps what can be saved. Check the disk or SD card.',
    cause,
  });
}

function nothingThere(file: string): LimenError {
  return new LimenError('file.unreadable', `There is no journal at ${file}.`, {
    hint: 'Name the data folder of a terminal that has run at least once.',
  });
}

/** All or nothing. */
export function transaction<T>(db: DatabaseSyncInstance, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // After a full disk SQLite may have rolled back by itself; then there is nothing to roll back.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** The chain is cut: `lastSeq` is lower than what the mark proves was written. */
export function rolledBack(file: string, lastSeq: number, used: number): LimenError {
  return damaged(file, `it ends at event ${lastSeq}, but events up to ${used} at least were written`);
}
