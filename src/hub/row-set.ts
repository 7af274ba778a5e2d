import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { HubTables } from './hub-schema.ts';
import { isPostgres } from './migrations/create-table.ts';

/** What a column of a {@link rowSet} holds. */
export type CellType = 'text' | 'integer';

/** Rows by the names of their columns. */
export type Rows<C extends string> = readonly Readonly<Record<C, string | number | null>>[];

/**
 * Rows as something to select from, under the name `given`. However many they are, the statement is the same text and
 * has a handful of parameters: no database's limit is met, and the text is compiled once.
 */
export function rowSet<C extends string>(
  db: Pick<Kysely<HubTables>, 'getExecutor'>,
  columns: Readonly<Record<C, CellType>>,
  rows: Rows<C>,
): RawBuilder<unknown> {
  const names = Object.keys(columns) as C[];
  if (isPostgres(db)) {
    const type = { text: sql`text[]`, integer: sql`bigint[]` };
    const arrays = names.map((name) => sql`${rows.map((row) => row[name])}::${type[columns[name]]}`);
    return sql`unnest(${sql.join(arrays)}) as given(${sql.join(names.map((name) => sql.ref(name)))})`;
  }
  const cells = JSON.stringify(rows.map((row) => names.map((name) => row[name])));
  const picked = names.map((name, i) => sql`value ->> ${sql.lit(i)} as ${sql.ref(name)}`);
  return sql`(select ${sql.join(picked)} from json_each(${cells})) as given`;
}

/** `insert into TABLE … select … from` those rows, to be gone on with (`on conflict …`, `returning …`). */
export function insertRows<C extends string>(
  db: Pick<Kysely<HubTables>, 'getExecutor'>,
  table: keyof HubTables,
  { columns, rows }: { readonly columns: Readonly<Record<C, CellType>>; readonly rows: Rows<C> },
): RawBuilder<unknown> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  // Without a condition SQLite takes what follows for one of a join.
  return sql`insert into ${sql.table(table)} (${names}) select ${names} from ${rowSet(db, columns, rows)} where true`;
}
