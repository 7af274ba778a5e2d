import type { Kysely, Migration } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** Terminals have keys of their own: who was provisioned, who was revoked, who holds which keys. */
export const terminalKeys: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text, integer } = columnTypes(db);
    await createTable(db, 'terminal_keys')
      .addColumn('terminal', text, (c) => c.primaryKey().notNull())
      .addColumn('signing', text, (c) => c.notNull())
      .addColumn('agreement', text, (c) => c.notNull())
      .addColumn('provisioned_at', text, (c) => c.notNull())
      .addColumn('revoked_at', text)
      .addColumn('held', text, (c) => c.notNull())
      .addColumn('sealed_sequence', integer, (c) => c.notNull())
      .addColumn('sealed', text, (c) => c.notNull())
      .execute();
  },
};
