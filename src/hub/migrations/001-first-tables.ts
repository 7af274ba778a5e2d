import { type Kysely, type Migration, sql } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** The tables as limen made them before it had migrations; the database of such a limen is taken over as it is. */
export const firstTables: Migration = {
  up: async (db: Kysely<unknown>) => {
    await gallery(db);
    await journal(db);
    await shutOlderLimen(db);
  },
};

async function gallery(db: Kysely<unknown>): Promise<void> {
  const { text, integer, real, blob } = columnTypes(db);
  await createTable(db, 'meta')
    .addColumn('key', text, (c) => c.primaryKey().notNull())
    .addColumn('value', text, (c) => c.notNull())
    .execute();
  await createTable(db, 'people')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('groups', text, (c) => c.notNull())
    .addColumn('valid_from', text)
    .addColumn('valid_until', text)
    .addColumn('version', integer, (c) => c.notNull().unique())
    .addColumn('bucket', text, (c) => c.notNull())
    .addColumn('erased', integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('people_by_bucket').ifNotExists().on('people').column('bucket').execute();
  await createTable(db, 'credentials')
    .addColumn('person_id', text, (c) => c.primaryKey().notNull().references('people.id'))
    .addColumn('pin_hash', text)
    .addColumn('duress_pin_hash', text)
    .addColumn('cards', text, (c) => c.notNull())
    .addColumn('extended_pulse', integer, (c) => c.notNull())
    .execute();
  await createTable(db, 'rules')
    .addColumn('version', integer, (c) => c.primaryKey().notNull())
    .addColumn('set_at', text, (c) => c.notNull())
    .addColumn('rules', text, (c) => c.notNull())
    .execute();
  await createTable(db, 'templates')
    .addColumn('person_id', text, (c) => c.notNull().references('people.id'))
    .addColumn('position', integer, (c) => c.notNull())
    .addColumn('model', text, (c) => c.notNull())
    .addColumn('scale', real, (c) => c.notNull())
    .addColumn('data', blob, (c) => c.notNull())
    .addPrimaryKeyConstraint('templates_key', ['person_id', 'position'])
    .execute();
  await createTable(db, 'template_pictures')
    .addColumn('person_id', text, (c) => c.notNull().references('people.id'))
    .addColumn('position', integer, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('template_pictures_key', ['person_id', 'position'])
    .execute();
}

async function journal(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = columnTypes(db);
  await createTable(db, 'events', { clustered: true })
    .addColumn('terminal', text, (c) => c.notNull())
    .addColumn('seq', integer, (c) => c.notNull())
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('at', text, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('hash', text, (c) => c.notNull())
    .addColumn('previous_hash', text, (c) => c.notNull())
    .addColumn('row', text, (c) => c.notNull())
    .addColumn('received_at', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('events_key', ['terminal', 'seq'])
    .execute();
  await createTable(db, 'terminals')
    .addColumn('terminal', text, (c) => c.primaryKey().notNull())
    .addColumn('seq', integer, (c) => c.notNull())
    .addColumn('hash', text, (c) => c.notNull())
    .execute();
  await createTable(db, 'gaps')
    .addColumn('terminal', text, (c) => c.notNull())
    .addColumn('from_seq', integer, (c) => c.notNull())
    .addColumn('to_seq', integer, (c) => c.notNull())
    .addColumn('reason', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('gaps_key', ['terminal', 'from_seq'])
    .execute();
  await createTable(db, 'commands')
    .addColumn('id', text, (c) => c.primaryKey().notNull())
    .addColumn('audience', text, (c) => c.notNull())
    .addColumn('verb', text, (c) => c.notNull())
    .addColumn('reason', text)
    .addColumn('issuer', text, (c) => c.notNull())
    .addColumn('issued_at', text, (c) => c.notNull())
    .addColumn('expires_at', text, (c) => c.notNull())
    .execute();
}

/** Up to 3 a number said how new the tables are. It stays above that: who reads the number knows no migrations. */
async function shutOlderLimen(db: Kysely<unknown>): Promise<void> {
  await sql`insert into meta (key, value) values ('schema', '4')
    on conflict (key) do update set value = excluded.value`.execute(db);
}
