import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';

type ColumnType = Parameters<CreateTableBuilder<string>['addColumn']>[1];

/** What the four kinds of column are called. Times are ISO 8601 text, lists are JSON text, yes and no are 1 and 0. */
export interface ColumnTypes {
  readonly text: ColumnType;
  /** 64 bits. */
  readonly integer: ColumnType;
  /** 64 bits. */
  readonly real: ColumnType;
  readonly blob: ColumnType;
}

/** Everything that a migration has to know of the two databases, so that it is written once for both. */
export function columnTypes(db: Kysely<unknown>): ColumnTypes {
  if (!isPostgres(db)) return { text: 'text', integer: 'integer', real: 'real', blob: 'blob' };
  // "C": sorted by bytes as SQLite does, and never anew with an update of the machine's locales.
  return { text: sql`text collate "C"`, integer: 'bigint', real: 'double precision', blob: 'bytea' };
}

/** A table to be described; one that is there already is left as it is. On SQLite its types are strict. */
export function createTable(
  db: Kysely<unknown>,
  name: string,
  { clustered = false }: { /** Kept in the order of its key, where the database can. */ clustered?: boolean } = {},
): CreateTableBuilder<string> {
  const table = db.schema.createTable(name).ifNotExists();
  if (isPostgres(db)) return table;
  return table.modifyEnd(clustered ? sql`strict, without rowid` : sql`strict`);
}

/** Whether a database is PostgreSQL; otherwise it is SQLite. */
export function isPostgres(db: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
