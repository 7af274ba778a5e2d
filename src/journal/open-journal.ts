import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { type ChainEnd, chainStart, follows, genesisHash } from './chain.ts';
import type { Journal, JournalRows } from './journal.ts';
import {
  createSchema,
  damaged,
  eventFrom,
  guarded,
  openForWriting,
  rolledBack,
  transaction,
} from './journal-database.ts';
import { SequenceMark, syncing } from './sequence-mark.ts';
import { SqliteJournal, type SqliteJournalParts } from './sqlite-journal.ts';

export interface JournalOptions {
  readonly file: string;
  readonly terminal: string;
  readonly clock: Clock;
  /**
   * What to do with a damaged journal. `set-aside` (the daemon, so that a worn SD card does not lock the door for
   * everyone): rename it, save the events that the hub has not got, begin a new chain with `journal.recovered`.
   * `refuse` (default): throw.
   */
  readonly onDamage?: 'refuse' | 'set-aside';
}

/**
 * Open a terminal's journal, or begin one. The caller holds the data folder: one writer only.
 *
 * @throws LimenError `journal.corrupt` (see `onDamage`; also with `set-aside` when the file that tells which numbers
 *   were used is lost as well), `file.newer-version`, `disk.full`, `journal.failed`, or `config.invalid` when the
 *   journal is another terminal's.
 */
export function openJournal(options: JournalOptions): Journal & JournalRows {
  const { file } = options;
  const mark = SequenceMark.read(`${file}.seq`);
  try {
    return openSound(options, mark);
  } catch (error) {
    if (options.onDamage !== 'set-aside' || !isLimenError(error, 'journal.corrupt')) throw error;
    if (mark.bound === 0) throw numberless(file, error);
    const aside = setAside(options);
    return begin(options, mark, { fault: error, saved: aside === null ? [] : unsentEventsIn(aside), aside });
  }
}

function openSound(options: JournalOptions, mark: SequenceMark): Journal & JournalRows {
  const { file, terminal, clock, onDamage } = options;
  // Looked at before SQLite makes a new file and throws the old one's -wal away.
  if (mark.bound > 0 && !existsSync(file)) throw damaged(file, 'it is gone');
  const { db, state } = openForWriting(file);
  if (state === null) {
    db.close();
    if (mark.bound > 0) throw damaged(file, 'its events are gone');
    return begin(options, mark, null);
  }
  try {
    if (state.terminal !== terminal) throw foreign(file, state.terminal, terminal);
    const journal = new SqliteJournal({ file, db, terminal, clock, mark, state });
    if (journal.lastSeq < mark.used) {
      const fault = rolledBack(file, journal.lastSeq, mark.used);
      if (onDamage !== 'set-aside') throw fault;
      journal.restart(fault);
    }
    return journal;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What is known of the journal before this one, when there was one. */
interface Loss {
  readonly fault: LimenError;
  readonly saved: readonly LimenEvent[];
  readonly aside: string | null;
}

/** A new journal, in one transaction with the row that says why, so that no crash leaves it without. */
function begin(options: JournalOptions, mark: SequenceMark, loss: Loss | null): Journal & JournalRows {
  const { file, terminal, clock } = options;
  const { db } = openForWriting(file);
  const [first] = loss?.saved ?? [];
  const start: ChainEnd = loss === null ? chainStart : { seq: mark.bound, hash: genesisHash };
  const anchor = first === undefined ? start : { seq: first.seq - 1, hash: first.previousHash };
  const state = { terminal, acknowledged: anchor.seq, anchor };
  const parts: SqliteJournalParts = { file, db, terminal, clock, mark, state };
  return guarded(file, () => {
    try {
      return transaction(db, () => {
        createSchema(db, state);
        for (const event of loss?.saved ?? []) insert(parts, event);
        const journal = new SqliteJournal(parts);
        if (loss !== null) journal.restart(told(loss));
        return journal;
      });
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function insert(
  { db }: SqliteJournalParts,
  { seq, id, terminal, at, clock, kind, body, previousHash, hash }: LimenEvent,
) {
  db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...[seq, id, terminal, at, clock, kind, JSON.stringify(body), previousHash, hash],
  );
}

/** Rename the database with its write-ahead log. `null` when there was nothing left of it. */
function setAside({ file, clock }: JournalOptions): string | null {
  const stamp = clock
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '');
  let aside = `${file}.damaged-${stamp}`;
  for (let n = 2; existsSync(aside); n++) aside = `${file}.damaged-${stamp}-${n}`;
  const had = existsSync(file);
  return guarded(file, () => {
    for (const part of ['-wal', '-shm', '']) if (existsSync(file + part)) renameSync(file + part, aside + part);
    syncing(dirname(file), 'r', () => {});
    return had ? aside : null;
  });
}

/** The events that the hub has not got, as far as they can be read and each follows from the one before. */
function unsentEventsIn(aside: string): LimenEvent[] {
  const saved: LimenEvent[] = [];
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(aside);
    const acknowledged = db.prepare('SELECT acknowledged FROM state').get()?.acknowledged ?? 0;
    for (const row of db.prepare('SELECT * FROM event WHERE seq > ? ORDER BY seq').iterate(acknowledged)) {
      const event = eventFrom(row, aside);
      const before = saved.at(-1) ?? { seq: event.seq - 1, hash: event.previousHash };
      if (!follows(before, event)) break;
      saved.push(event);
    }
  } catch {
    // Where the damage begins, the saving ends; the file stays for whoever wants to try more.
  }
  db?.close();
  return saved;
}

function told({ fault, saved, aside }: Loss): LimenError {
  const kept = `${saved.length} events that had not reached the hub were saved`;
  const where = aside === null ? '' : `; the rest, if any, is in ${aside}`;
  return new LimenError(fault.code, `${fault.message} ${kept}${where}.`, { hint: fault.hint });
}

function foreign(file: string, owner: string, terminal: string): LimenError {
  return new LimenError('config.invalid', `The journal ${file} belongs to terminal ${owner}, not to ${terminal}.`, {
    hint: `Set "terminal: ${owner}" again, or give the new terminal a dataFolder of its own.`,
  });
}

function numberless(file: string, cause: LimenError): LimenError {
  return new LimenError(
    'journal.corrupt',
    `${cause.message} ${file}.seq is lost as well, so the next number is unknown.`,
    {
      hint: 'Give the terminal a new name and an empty dataFolder, and keep the old folder for a rescue: a number used twice would be an event the hub refuses.',
      cause: messageOf(cause),
    },
  );
}
