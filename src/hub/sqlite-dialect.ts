import { DatabaseSync } from '@photostructure/sqlite';
import { SqliteDialect } from 'kysely';

/**
 * Kysely's SQLite dialect over node:sqlite's API, which Kysely itself does not speak: it passes parameters as a list
 * and asks whether a statement returns rows.
 *
 * @throws the driver's own error when the file cannot be opened.
 */
export function sqliteDialect(file: string): SqliteDialect {
  const database = new DatabaseSync(file);
  // busy_timeout: a command writes beside the running hub, and must not fail because that one writes just now.
  // FULL: what the hub has acknowledged must survive a power cut. secure_delete: an erased face leaves the file, too.
  database.exec(
    'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON',
  );
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (sql) => {
        const statement = database.prepare(sql);
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...(parameters as never[])),
          run: (parameters) => statement.run(...(parameters as never[])),
          iterate: (parameters) => statement.iterate(...(parameters as never[])),
        };
      },
    },
  });
}
