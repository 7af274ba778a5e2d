import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import { type Books, openDatabase } from './database.ts';
import type { HubTables } from './hub-schema.ts';
import { isPostgres } from './migrations/create-table.ts';
import { seatOf } from './open-seat.ts';

/** Every table with its key, those that others refer to first. A new one that is missing here does not compile. */
const tables = {
  meta: ['key'],
  people: ['id'],
  credentials: ['person_id'],
  group_history: ['person_id', 'since'],
  rules: ['version'],
  templates: ['person_id', 'position'],
  template_pictures: ['person_id', 'position'],
  face_erasures: ['person_id'],
  events: ['terminal', 'seq'],
  terminals: ['terminal'],
  gaps: ['terminal', 'from_seq'],
  terminal_keys: ['terminal'],
  commands: ['id'],
  punches: ['terminal', 'seq'],
  statements: ['id'],
  accounts: ['name'],
  sessions: ['id'],
  audit: ['id'],
  begun_deeds: ['id'],
  suspensions: ['person_id'],
  payroll_cursors: ['target', 'stream'],
  payroll_items: ['target', 'item'],
} as const satisfies { readonly [T in keyof HubTables]: readonly (keyof HubTables[T])[] };

type Table = keyof typeof tables;
type Row = Record<string, unknown>;

/** Rows on their way at once: PostgreSQL takes 65,535 values in a statement, SQLite 32,766. */
const pageRows = 500;

/** How many rows each table has. */
export type Copied = Readonly<Record<Table, number>>;

/**
 * Copy everything a hub has in its books into empty ones, lineage and version included, in one transaction, and read it
 * back from there: each table must have the same rows with the same digest, or nothing is left of the copy.
 *
 * @throws LimenError `hub.already-running`, `store.not-empty`, `store.copy-differs`, and as {@link openDatabase}.
 */
export async function copyBooks({ from, to }: { readonly from: Books; readonly to: Books }): Promise<Copied> {
  const seating = await (await seatOf(from, 'publisher')).take();
  if (seating === null) {
    throw new LimenError('hub.already-running', 'A hub works with the books that are to be copied.', {
      hint: 'Stop it: what it took in meanwhile would be missing in the copy.',
    });
  }
  const source = await openDatabase(from);
  try {
    const target = await openDatabase(to);
    try {
      return await copyAll(source, target);
    } finally {
      await target.destroy();
    }
  } finally {
    await source.destroy();
    await seating.release();
  }
}

function copyAll(source: Kysely<HubTables>, target: Kysely<HubTables>): Promise<Copied> {
  const reading = source.transaction();
  // SQLite's transaction sees one state anyway.
  const still = isPostgres(source) ? reading.setIsolationLevel('repeatable read') : reading;
  return still.execute((here) =>
    target.transaction().execute(async (there) => {
      await assertEmpty(there);
      await there.deleteFrom('meta').execute();
      const copied: Record<string, number> = {};
      for (const table of Object.keys(tables) as Table[]) {
        const read = await digestOf(here, table, (rows) => insert(there, table, rows));
        const written = await digestOf(there, table);
        if (read.rows !== written.rows || read.digest !== written.digest) throw differs(table, read.rows, written.rows);
        copied[table] = read.rows;
      }
      return copied as Copied;
    }),
  );
}

/** Books that were opened once and not used have a lineage and nothing else; it goes. */
async function assertEmpty(db: Kysely<HubTables>): Promise<void> {
  for (const table of Object.keys(tables) as Table[]) {
    if (table === 'meta') continue;
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
    if (rows.length > 0) {
      throw new LimenError('store.not-empty', `There are books already where the copy should go: ${table} has rows.`, {
        hint: 'Give the copy an empty database of its own.',
      });
    }
  }
}

async function insert(db: Kysely<HubTables>, table: Table, rows: readonly Row[]): Promise<void> {
  await db
    .insertInto(table)
    .values(rows as never)
    .execute();
}

/** Go through a table in the order of its key. The digest is the same in every database. */
async function digestOf(
  db: Kysely<HubTables>,
  table: Table,
  onPage: (rows: readonly Row[]) => Promise<void> = async () => {},
): Promise<{ rows: number; digest: string }> {
  const key = tables[table];
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const hash = createHash('sha256');
  let count = 0;
  let last: Row | undefined;
  do {
    const behind = last && sql`where (${columns}) > (${sql.join(key.map((column) => last?.[column]))})`;
    const page: { rows: Row[] } = await sql<Row>`select * from ${sql.table(table)} ${behind ?? sql``}
      order by ${columns} limit ${sql.lit(pageRows)}`.execute(db);
    if (page.rows.length > 0) await onPage(page.rows);
    for (const row of page.rows) hash.update(`${canonical(row)}\n`);
    count += page.rows.length;
    last = page.rows.length < pageRows ? undefined : page.rows.at(-1);
  } while (last !== undefined);
  return { rows: count, digest: hash.digest('hex') };
}

function canonical(row: Row): string {
  const value = (one: unknown) => (one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one);
  return JSON.stringify(
    Object.keys(row)
      .sort()
      .map((column) => [column, value(row[column])]),
  );
}

function differs(table: Table, read: number, written: number): LimenError {
  return new LimenError(
    'store.copy-differs',
    `What was copied of ${table} does not read back as it was (${read} rows, ${written} in the copy); the copy was undone.`,
    { hint: 'Check both databases and their disks, and copy again: the books that were copied are as they were.' },
  );
}
