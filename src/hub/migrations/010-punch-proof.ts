import { type Kysely, type Migration, sql } from 'kysely';
import { columnTypes, isPostgres } from './create-table.ts';

/** How whoever punched was known; and punches of unset clocks are found without a look at all the others. */
export const punchProof: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text } = columnTypes(db);
    await db.schema.alterTable('punches').addColumn('verified_by', text).execute();
    await db.schema.alterTable('punches').addColumn('after_refusal', text).execute();
    await tellOfOldOnes(db);
    await db.schema
      .createIndex('punches_unset')
      .on('punches')
      // The first is always the same, and makes SQLite prefer this one to the index of all punches of a person.
      .columns(['clock', 'person_id'])
      .where(sql.ref('clock'), '=', sql.lit('unsynced'))
      .execute();
    // Nobody asks for the punches of a time without saying whose.
    await db.schema.dropIndex('punches_by_time').execute();
  },
};

/** Events for one statement: PostgreSQL ends one that takes minutes, and there may be millions. */
const eventsAtOnce = 20_000;

/** Only events of a limen that says by what somebody was known have something to tell. */
async function tellOfOldOnes(db: Kysely<unknown>): Promise<void> {
  const row = sql.ref('events.row');
  const of = (name: string) =>
    isPostgres(db)
      ? sql`${row}::json -> 'body' ->> ${sql.lit(name)}`
      : sql`json_extract(${row}, ${sql.lit(`$.body.${name}`)})`;
  const { rows } = await sql<{ terminal: string; last: number }>`
    select terminal, max(seq) as last from punches group by terminal`.execute(db);
  for (const { terminal, last } of rows)
    for (let seq = 0; seq <= last; seq += eventsAtOnce)
      await sql`update punches set verified_by = ${of('verifiedBy')}, after_refusal = ${of('afterRefusal')} from events
        where punches.terminal = ${terminal} and punches.seq between ${seq} and ${seq + eventsAtOnce - 1}
        and events.terminal = punches.terminal and events.seq = punches.seq
        and events.kind = 'punch.recorded' and ${row} like '%"verifiedBy":[%'`.execute(db);
}
