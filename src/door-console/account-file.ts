import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Generated, Kysely, sql, type Transaction } from 'kysely';
import type { Deed } from '../console/audit.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { sqliteDialect } from '../hub/sqlite-dialect.ts';
import { giveToOwner } from '../runtime/give-to-owner.ts';

/** Who may sign in at a terminal and who is signed in: a file of its own, beside the journal and apart from it. */
export interface AccountFile {
  /** Of a hub's tables it has `accounts`, `sessions` and `meta`. */
  readonly db: Kysely<HubTables>;
  readonly untold: UntoldDeeds;
  close(): Promise<void>;
}

/** What was done and is not in the journal yet: by the command line, which cannot write there, or while nothing could be. */
export interface UntoldDeeds {
  /**
   * Keep a deed; with `tx`, a transaction in this file, together with what that does. Returns what it is forgotten by.
   *
   * @param deed.at when it was done, ISO 8601
   */
  add(deed: Deed & { readonly at: string }, tx?: Transaction<HubTables>): Promise<number>;
  forget(id: number): Promise<void>;
  /**
   * Hand each on, the oldest first, with `at` in its detail, and forget those that `tell` has taken. Returns how many.
   *
   * @throws what `tell` throws.
   */
  hand(tell: (deed: Deed) => unknown): Promise<number>;
}

/** Where a terminal keeps it. */
export function accountFileIn(dataFolder: string): string {
  return join(dataFolder, 'console', 'accounts.db');
}

const format = '1';
/** A command that writes at the same moment must not hold up a door. */
const busyMs = 250;

/**
 * Open the file, or make it, for its own user alone: by root, for the user whose folder it is in.
 *
 * @throws LimenError `file.corrupt`, `file.newer-version`, `file.unreadable`; whoever may sign in is not known then.
 */
export async function openAccountFile(file: string): Promise<AccountFile> {
  let db: Kysely<HubTables & Untold> | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await giveToOwner(dirname(file));
    // SQLite gives the files that it lays beside it the same mode, and the same owner.
    closeSync(openSync(file, 'a', 0o600));
    await giveToOwner(file);
    db = new Kysely<HubTables & Untold>({ dialect: sqliteDialect(file, { busyMs }) });
    await assertSound(db, file);
    await makeTables(db);
    await assertFormat(db, file);
    return {
      db: db as unknown as Kysely<HubTables>,
      untold: untoldIn(db),
      close: () => (db as typeof db & {}).destroy(),
    };
  } catch (error) {
    await db?.destroy();
    throw isLimenError(error) ? error : unusable(file, error);
  }
}

interface Untold {
  untold: { id: Generated<number>; deed: string };
}

/** The file is small: every page is looked at. */
async function assertSound(db: Kysely<HubTables & Untold>, file: string): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(1)`.execute(db);
  if (rows[0]?.quick_check !== 'ok') throw unusable(file, new Error(`malformed: ${rows[0]?.quick_check}`));
}

async function makeTables(db: Kysely<HubTables & Untold>): Promise<void> {
  for (const table of [
    'meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)',
    'accounts (name TEXT PRIMARY KEY NOT NULL, role TEXT NOT NULL, password TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL, disabled_at TEXT)',
    'sessions (id TEXT PRIMARY KEY NOT NULL, account TEXT NOT NULL, created_at TEXT NOT NULL, seen_at TEXT NOT NULL)',
    'untold (id INTEGER PRIMARY KEY, deed TEXT NOT NULL)',
  ])
    await sql`CREATE TABLE IF NOT EXISTS ${sql.raw(table)} STRICT`.execute(db);
  await sql`INSERT OR IGNORE INTO meta VALUES ('schema', ${format})`.execute(db);
}

async function assertFormat(db: Kysely<HubTables & Untold>, file: string): Promise<void> {
  const { value } = await db.selectFrom('meta').select('value').where('key', '=', 'schema').executeTakeFirstOrThrow();
  if (value === format) return;
  throw new LimenError('file.newer-version', `${file} was written by a newer limen (format ${value}).`, {
    hint: 'Install the newer limen again.',
  });
}

function untoldIn(db: Kysely<HubTables & Untold>): UntoldDeeds {
  const forget = async (id: number) => {
    await db.deleteFrom('untold').where('id', '=', id).execute();
  };
  return {
    async add(deed, tx) {
      const into = (tx ?? db) as unknown as Kysely<Untold>;
      const row = { deed: JSON.stringify(deed) };
      const { id } = await into.insertInto('untold').values(row).returning('id').executeTakeFirstOrThrow();
      return id;
    },
    forget,
    async hand(tell) {
      const waiting = await db.selectFrom('untold').selectAll().orderBy('id').execute();
      for (const { id, deed } of waiting) {
        const { at, detail, ...rest } = JSON.parse(deed);
        // Told twice, should the power fail in between, rather than never.
        await tell({ ...rest, detail: { ...detail, at } });
        await forget(id);
      }
      return waiting.length;
    },
  };
}

function unusable(file: string, cause: unknown): LimenError {
  const isDamaged = /malformed|not a database|corrupt/.test(messageOf(cause));
  const says = `Who may sign in to the console cannot be read from ${file}: ${messageOf(cause)}.`;
  return new LimenError(isDamaged ? 'file.corrupt' : 'file.unreadable', says, {
    hint: isDamaged
      ? `Nobody signs in until it is put right; the door works. Move ${file} away and make accounts anew: limen console account add --help`
      : 'Check that the data folder belongs to the user that limen runs as.',
    cause,
  });
}
