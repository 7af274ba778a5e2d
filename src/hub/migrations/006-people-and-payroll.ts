import { type Kysely, type Migration, sql } from 'kysely';
import { columnTypes, createTable, isPostgres } from './create-table.ts';

/** Events are found by person and time; who is suspended; and how far each payroll has what happened. */
export const peopleAndPayroll: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text, integer } = columnTypes(db);
    await db.schema.alterTable('events').addColumn('person_id', text).execute();
    await nameThePeople(db);
    await db.schema
      .createIndex('events_by_person')
      .on('events')
      .columns(['person_id', 'at'])
      .where(sql.ref('person_id'), 'is not', null)
      .execute();
    await db.schema.createIndex('events_by_time').on('events').columns(['at', 'terminal', 'seq']).execute();
    await db.schema.createIndex('statements_by_person').on('statements').columns(['person_id', 'id']).execute();
    await createTable(db, 'suspensions')
      .addColumn('person_id', text, (c) => c.primaryKey().notNull().references('people.id'))
      .addColumn('since', text, (c) => c.notNull())
      .addColumn('author', text, (c) => c.notNull())
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('valid_from', text)
      .addColumn('valid_until', text)
      .execute();
    await createTable(db, 'payroll_cursors')
      .addColumn('target', text, (c) => c.notNull())
      .addColumn('stream', text, (c) => c.notNull())
      .addColumn('position', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('payroll_cursors_key', ['target', 'stream'])
      .execute();
    await createTable(db, 'payroll_items')
      .addColumn('target', text, (c) => c.notNull())
      .addColumn('item', text, (c) => c.notNull())
      .addColumn('person_id', text, (c) => c.notNull())
      .addColumn('remote', text)
      .addColumn('sent', text)
      .addColumn('refused', text)
      .addColumn('attempts', integer, (c) => c.notNull())
      .addColumn('tried_at', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('payroll_items_key', ['target', 'item'])
      .execute();
    await db.schema.createIndex('payroll_items_by_remote').on('payroll_items').columns(['target', 'remote']).execute();
    await db.schema.createIndex('payroll_items_by_person').on('payroll_items').column('person_id').execute();
  },
};

/**
 * PostgreSQL takes no text with U+0000 out of JSON, whichever field is asked for; an id has nothing that is escaped, so
 * that every escape may go before it is looked for.
 */
async function nameThePeople(db: Kysely<unknown>): Promise<void> {
  const row = sql.ref('row');
  const personId = isPostgres(db)
    ? sql`regexp_replace(${row}, '\\\\.', '_', 'g')::json -> 'body' ->> 'personId'`
    : sql`json_extract(${row}, '$.body.personId')`;
  await sql`update events set person_id = ${personId} where ${row} like '%"personId":"%'`.execute(db);
}
