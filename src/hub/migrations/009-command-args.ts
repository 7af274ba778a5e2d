import type { Kysely, Migration } from 'kysely';
import { columnTypes } from './create-table.ts';

/** Commands say more than a verb: whom to enrol, for example. */
export const commandArgs: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await db.schema.alterTable('commands').addColumn('args', text).execute();
  },
};
