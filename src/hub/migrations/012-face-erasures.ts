import type { Kysely, Migration } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** Whose face was erased while they stay enrolled, since which version of the gallery. */
export const faceErasures: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text, integer } = columnTypes(db);
    await createTable(db, 'face_erasures')
      .addColumn('person_id', text, (c) => c.primaryKey().references('people.id'))
      .addColumn('version', integer, (c) => c.notNull())
      .addColumn('erased_at', text, (c) => c.notNull())
      .execute();
  },
};
