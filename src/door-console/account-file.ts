import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kysely, sql } from 'kysely';
import type { Deed } from '../console/audit.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { sqliteDialect } from '../hub/sqlite-dialect.ts';

/** Who may sign in at a terminal and who is signed in: a file of its own, beside the journal and apart from it. */
export interface AccountFile {
  /** Of a hub's tables it has `accounts`, `sessions` and `meta`. */
  readonly db: Kysely<HubTables>;
  readonly untold: UntoldDeeds;
  close(): Promise<void>;
}

/** What the command line did while it could not write into the journal, which is the daemon's alone. */
export interface UntoldDeeds {
  add(deed: Deed): Promise<void>;
  /** Hand each on, and forget those that `tell` has taken, the oldest first. @throws what `tell` throws. */
  hand(tell: (deed: Deed) => void): Promise<void>;
}

/** Where a terminal keeps it. */
export function accountFileIn(dataFolder: string): string {
  return join(dataFolder, 'console', 'accounts.db');
}

const format = '1';
/** A command that writes at the same moment must not hold up a door. */
const busyMs = 250;

/**
 * Open the file, or make it, for its own user alone.
 *
 * @throws LimenError `file.corrupt`, `file.newer-version`, `file.unreadable`; whoever may sign in is not known then.
 */
export async function openAccountFile(file: string): Promise<AccountFile> {
  let db: Kysely<HubTables & Untold> | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives the files that it lays beside it the same mode.
    closeSync(openSync(file, 'a', 0o600));
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
  untold: { id?: number; deed: string };
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
  return {
    async add(deed) {
      await db
        .insertInto('untold')
        .values({ deed: JSON.stringify(deed) })
        .execute();
    },
    async hand(tell) {
      const waiting = await db.selectFrom('untold').selectAll().orderBy('id').execute();
      for (const { id, deed } of waiting) {
        // Told twice, should the power fail in between, rather than never.
        tell(JSON.parse(deed));
        await db.deleteFrom('untold').where('id', '=', id).execute();
      }
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
