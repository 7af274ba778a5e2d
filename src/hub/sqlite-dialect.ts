import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';
import { diskFull, isOutOfSpace } from '../runtime/out-of-space.ts';

/**
 * Kysely's SQLite dialect over node:sqlite's API, which Kysely itself does not speak: it passes parameters as a list
 * and asks whether a statement returns rows.
 *
 * @param options.busyMs how long a statement waits, and its thread with it, for what another process writes just now
 * @throws the driver's own error when the file cannot be opened; `disk.full` from every statement that finds it so.
 */
export function sqliteDialect(file: string, { busyMs = 5000 }: { readonly busyMs?: number } = {}): SqliteDialect {
  const database = new DatabaseSync(file);
  // page_size, of a new file: an event with its evidence fits, and needs no page of its own behind the others.
  // busy_timeout: a command writes beside the running hub, and must not fail because that one writes just now.
  // FULL: what the hub has acknowledged must survive a power cut. secure_delete: an erased face leaves the file, too.
  database.exec(
    `PRAGMA page_size = 8192; PRAGMA busy_timeout = ${busyMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON`,
  );
  // A batch of events touches pages of thousands of people: room for all of them until it is written (16 MB), and for a
  // few batches in the log (32 MB) before it is brought into the database, which waits for the disk again.
  database.exec('PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000');
  const prepare = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => spacious(file, () => statement.all(...(parameters as never[]))),
      run: (parameters) => spacious(file, () => statement.run(...(parameters as never[]))),
      iterate: (parameters) => statement.iterate(...(parameters as never[])),
    };
  };
  const spoken = { close: () => database.close(), prepare: keeping(prepare) };
  return new WritingDialect(spoken, { busyMs, isInTransaction: () => database.isTransaction });
}

/** Run a statement; that the disk is full is said in limen's words, what else SQLite throws in its own. */
function spacious<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const until = 'What was not written is tried again, or was refused: nothing is written by half.';
    throw isOutOfSpace(error) ? diskFull(`The database ${file}`, { until, cause: error }) : error;
  }
}

/** So many statements are kept compiled: more than a hub has. */
const mostKept = 200;

/** What a hub asks is always the same few texts: each is compiled once, and the least used one is let go of. */
function keeping(prepare: (sql: string) => SqliteStatement): (sql: string) => SqliteStatement {
  const kept = new Map<string, SqliteStatement>();
  return (sql) => {
    const statement = kept.get(sql) ?? prepare(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
    return statement;
  };
}

interface Writing {
  readonly busyMs: number;
  readonly isInTransaction: () => boolean;
}

class WritingDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  readonly #writing: Writing;

  constructor(database: SqliteDatabase, writing: Writing) {
    super({ database });
    this.#database = database;
    this.#writing = writing;
  }

  override createDriver(): SqliteDriver {
    return new WritingDriver(this.#database, this.#writing);
  }

  override createAdapter(): SqliteAdapter {
    return new WritingAdapter();
  }
}

/** How long a transaction waits for those of other processes. */
const patienceMs = 10_000;

class WritingDriver extends SqliteDriver {
  readonly #writing: Writing;

  constructor(database: SqliteDatabase, writing: Writing) {
    super({ database });
    this.#writing = writing;
  }

  // After a full disk SQLite may have rolled back by itself: that there is nothing left to roll back would hide why.
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#writing.isInTransaction()) await super.rollbackTransaction(connection);
  }

  // A transaction that reads first and writes then would find that another process wrote in between, and SQLite fails
  // that one at once, whatever the busy_timeout. Ours all write: they wait for their turn at the beginning, and not in
  // SQLite, which would hold up everything else that this process does.
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const run = (statement: string) => connection.executeQuery(CompiledQuery.raw(statement));
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        await run('pragma busy_timeout = 0');
        await run('begin immediate');
        return;
      } catch (error) {
        const busy = (error as { sqliteCodeName?: string }).sqliteCodeName === 'SQLITE_BUSY';
        if (!busy || performance.now() > deadline) throw error;
        await wait(1 + Math.random() * 9);
      } finally {
        await run(`pragma busy_timeout = ${this.#writing.busyMs}`);
      }
    }
  }
}

class WritingAdapter extends SqliteAdapter {
  // SQLite can, and Kysely makes no use of it: a migration that fails halfway would stay halfway.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
