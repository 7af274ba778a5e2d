import type { Kysely, Migration } from 'kysely';
import { columnTypes } from './create-table.ts';

/** Terminals change keys of their own: which is the next one, and which command asked for it. */
export const ownKeys: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await db.schema.alterTable('terminal_keys').addColumn('next_signing', text).execute();
    await db.schema.alterTable('terminal_keys').addColumn('rotated_by', text).execute();
  },
};
