import { type Kysely, type Migration, sql } from 'kysely';
import { columnTypes, createTable } from './create-table.ts';

/** Punches out of the events, so that a month of them is found; and what the office says about them. */
export const attendance: Migration = {
  up: async (db: Kysely<unknown>) => {
    const { text, integer } = columnTypes(db);
    await createTable(db, 'punches')
      .addColumn('terminal', text, (c) => c.notNull())
      .addColumn('seq', integer, (c) => c.notNull())
      .addColumn('person_id', text, (c) => c.notNull())
      .addColumn('at', text, (c) => c.notNull())
      .addColumn('clock', text, (c) => c.notNull())
      .addColumn('code', text, (c) => c.notNull())
      .addColumn('work', text)
      .addColumn('received_at', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('punches_key', ['terminal', 'seq'])
      .execute();
    await db.schema.createIndex('punches_by_person').ifNotExists().on('punches').columns(['person_id', 'at']).execute();
    await db.schema.createIndex('punches_by_time').ifNotExists().on('punches').column('at').execute();
    await createTable(db, 'statements')
      .addColumn('id', text, (c) => c.primaryKey().notNull())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('person_id', text)
      .addColumn('recorded_at', text, (c) => c.notNull())
      .addColumn('jws', text, (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('events_by_kind')
      .ifNotExists()
      .on('events')
      .columns(['kind', 'terminal', 'seq'])
      .execute();
    await copyPunches(db as Kysely<{ events: EventRow; punches: PunchRow }>);
  },
};

interface EventRow {
  readonly terminal: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly row: string;
  readonly received_at: string;
}
type PunchRow = Record<'terminal' | 'person_id' | 'at' | 'clock' | 'code' | 'received_at', string> & {
  readonly seq: number;
  readonly work: string | null;
};

const batch = 1000;

/** The punches that an older limen has among its events. */
async function copyPunches(db: Kysely<{ events: EventRow; punches: PunchRow }>): Promise<void> {
  let after = { terminal: '', seq: 0 };
  for (;;) {
    const rows = await db
      .selectFrom('events')
      .select(['terminal', 'seq', 'at', 'row', 'received_at'])
      .where('kind', '=', 'punch.recorded')
      .where(sql<boolean>`(terminal, seq) > (${after.terminal}, ${after.seq})`)
      .orderBy('terminal')
      .orderBy('seq')
      .limit(batch)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = { terminal: last.terminal, seq: Number(last.seq) };
    await db.insertInto('punches').values(rows.map(punchRow)).execute();
  }
}

/** As the event was when this change was made: only ever an IN or an OUT. */
function punchRow({ terminal, seq, at, row, received_at }: Omit<EventRow, 'kind'>): PunchRow {
  const { clock, body } = JSON.parse(row) as { clock: string; body: { personId: string; direction: string } };
  return { terminal, seq, person_id: body.personId, at, clock, code: body.direction, work: null, received_at };
}
