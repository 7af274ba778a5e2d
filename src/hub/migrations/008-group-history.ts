import { type Kysely, type Migration, sql } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** Who was in which groups when: a report of the past goes by the groups of then. What is there now was there always. */
export const groupHistory: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await createTable(db, 'group_history')
      .addColumn('person_id', text, (c) => c.notNull().references('people.id'))
      .addColumn('since', text, (c) => c.notNull())
      .addColumn('groups', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('group_history_key', ['person_id', 'since'])
      .execute();
    const [id, groups, people, erased] = ['id', 'groups', 'people', 'erased'].map((name) => sql.ref(name));
    await sql`insert into group_history select ${id}, '', ${groups} from ${people} where ${erased} = 0`.execute(db);
  },
};
