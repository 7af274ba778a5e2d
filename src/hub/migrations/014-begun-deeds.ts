import type { Kysely, Migration } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** What somebody has begun to do through the console, and is not in the book of changes yet. */
export const begunDeeds: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await createTable(db, 'begun_deeds')
      .addColumn('id', text, (c) => c.primaryKey().notNull())
      .addColumn('at', text, (c) => c.notNull())
      .addColumn('deed', text, (c) => c.notNull())
      .execute();
  },
};
