import type { Kysely, Migration } from 'kysely';
import { columnTypes } from './create-table.ts';

/** Accounts of the console that sign nobody in for now. */
export const disabledAccounts: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await db.schema.alterTable('accounts').addColumn('disabled_at', text).execute();
  },
};
