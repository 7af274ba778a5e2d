import type { Kysely, Migration } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** The console: who may sign in, who is signed in, and what they changed. */
export const console: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await createTable(db, 'accounts')
      .addColumn('name', text, (c) => c.primaryKey().notNull())
      .addColumn('role', text, (c) => c.notNull())
      .addColumn('password', text, (c) => c.notNull())
      .addColumn('created_at', text, (c) => c.notNull())
      .addColumn('changed_at', text, (c) => c.notNull())
      .execute();
    await createTable(db, 'sessions')
      .addColumn('id', text, (c) => c.primaryKey().notNull())
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('created_at', text, (c) => c.notNull())
      .addColumn('seen_at', text, (c) => c.notNull())
      .execute();
    await createTable(db, 'audit')
      .addColumn('id', text, (c) => c.primaryKey().notNull())
      .addColumn('at', text, (c) => c.notNull())
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('action', text, (c) => c.notNull())
      .addColumn('target', text)
      .addColumn('jws', text, (c) => c.notNull())
      .execute();
  },
};
