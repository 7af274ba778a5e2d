import { type Kysely, sql, type Transaction } from 'kysely';
import type { Punch, PunchCode } from '../attendance/facts.ts';
import type { ClockQuality, LimenEvent } from '../domain/event.ts';
import { punchDirections } from '../domain/punch.ts';
import type { WireEvent } from '../sync/messages.ts';
import { clocksOf } from './clock-corrections.ts';
import type { HubTables } from './hub-schema.ts';
import { type CellType, insertRows, rowSet } from './row-set.ts';

/** Later than whatever the books hold. */
export const forEver = '9999-12-31T23:59:59.999Z';
const codes: readonly PunchCode[] = punchDirections;

const columns = {
  terminal: 'text',
  seq: 'integer',
  person_id: 'text',
  at: 'text',
  clock: 'text',
  code: 'text',
  work: 'text',
  received_at: 'text',
  verified_by: 'text',
  after_refusal: 'text',
} as const satisfies Record<keyof HubTables['punches'], CellType>;

/** Put punches where they are found by person and day. What is no punch, or one of a kind that is not known here, is left. */
export async function indexPunches(
  tx: Transaction<HubTables>,
  events: readonly WireEvent[],
  receivedAt: Date,
): Promise<void> {
  const rows = events.flatMap((event): HubTables['punches'][] => {
    if (event.kind !== 'punch.recorded') return [];
    const { personId, direction, work, verifiedBy, afterRefusal } = event.body as Partial<
      LimenEvent<'punch.recorded'>['body']
    >;
    if (typeof personId !== 'string' || !codes.includes(direction as PunchCode)) return [];
    const { terminal, seq, at, clock } = event;
    const what = { person_id: personId, code: direction as PunchCode, work: typeof work === 'string' ? work : null };
    const proof = {
      verified_by: Array.isArray(verifiedBy) ? JSON.stringify(verifiedBy) : null,
      after_refusal: typeof afterRefusal === 'string' ? afterRefusal : null,
    };
    return [{ terminal, seq, at, clock, ...what, received_at: receivedAt.toISOString(), ...proof }];
  });
  if (rows.length > 0) await insertRows(tx, 'punches', { columns, rows }).execute(tx);
}

/** Which punches: of which instants, ISO 8601 UTC, `from` included and `to` not, and of whom. */
export interface PunchQuery {
  readonly from: string;
  readonly to: string;
  readonly personIds: readonly string[];
  /** Punches of theirs that are wanted besides, whenever they were. */
  readonly ids?: readonly string[];
  /** What was heard of the clocks of terminals later than this is left out: ISO 8601 UTC. */
  readonly knownAt?: string;
  readonly siteOf?: SiteOf;
}

/** Where a terminal stood at an instant, in milliseconds since 1970; `null` where nobody has said. */
export type SiteOf = (terminal: string, ms: number) => string | null;

/** Punches by their ids. */
export interface PunchesById {
  readonly ids: readonly string[];
  readonly siteOf?: SiteOf;
}

/**
 * Punches, in the order of terminals and numbers, with their sites and their times corrected where a terminal's
 * clock was set later. Punches of an unset clock are given whenever they say they were: it may be this month that they
 * were meant.
 */
export async function punchesOf(db: Kysely<HubTables>, query: PunchQuery | PunchesById): Promise<Punch[]> {
  const { siteOf = () => null } = query;
  const knownAt = ('knownAt' in query && query.knownAt) || forEver;
  const rows = await rowsOf(db, query);
  const unset = [...new Set(rows.filter(({ clock }) => clock === 'unsynced').map(({ terminal }) => terminal))];
  const clocks = await clocksOf(db, unset, { until: knownAt });
  const punches: Punch[] = [];
  for (const row of rows) {
    const { terminal, seq, at, work, verified_by, after_refusal } = row;
    const isUnset = row.clock === 'unsynced';
    const correction = isUnset ? clocks.corrected({ terminal, seq, at }) : null;
    const latest = isUnset && correction === null ? await clocks.latest({ terminal, seq, at }) : null;
    punches.push({
      ...{ id: `${terminal}:${seq}`, personId: row.person_id, at, clock: row.clock as ClockQuality },
      ...{ code: row.code as PunchCode, terminal, recordedAt: row.received_at },
      site: siteOf(terminal, Date.parse(correction?.at ?? at)) ?? terminal,
      ...(work !== null && { work }),
      ...(verified_by !== null && { verifiedBy: JSON.parse(verified_by) }),
      ...(after_refusal !== null && { afterRefusal: after_refusal }),
      ...(correction !== null && { corrected: correction }),
      ...(latest !== null && { latest }),
    });
  }
  return punches;
}

/** Each way of finding punches has its index: asked for all of them at once, a database reads everybody's whole past. */
async function rowsOf(db: Kysely<HubTables>, query: PunchQuery | PunchesById): Promise<HubTables['punches'][]> {
  const { ids = [] } = query;
  const named = rowSet(db, { terminal: 'text', seq: 'integer' }, ids.map(keyOf));
  const byId = await sql<HubTables['punches']>`select punches.* from ${named}
    join punches on punches.terminal = given.terminal and punches.seq = given.seq`.execute(db);
  if (!('from' in query)) return inOrder(byId.rows);
  const { from, to, personIds } = query;
  const theirs = db.selectFrom('punches').selectAll().where('person_id', 'in', personIds);
  const within = await theirs.where('at', '>=', from).where('at', '<', to).execute();
  // Spelled out, because a database that is only given the value as a parameter does not see that the index has them all.
  const unset = await theirs.where('clock', '=', sql.lit('unsynced')).execute();
  const own = new Set(personIds);
  return inOrder([...within, ...unset, ...byId.rows.filter(({ person_id }) => own.has(person_id))]);
}

/** Each once, by terminals and numbers. */
function inOrder(rows: readonly HubTables['punches'][]): HubTables['punches'][] {
  const each = [...new Map(rows.map((row) => [`${row.terminal}:${row.seq}`, row])).values()];
  return each.sort((a, b) => (a.terminal === b.terminal ? a.seq - b.seq : a.terminal < b.terminal ? -1 : 1));
}

/**
 * Everybody who has punched between two instants, those included of whom the hub knows nothing any more; of one person,
 * whether they did.
 */
export async function peoplePunching(
  db: Kysely<HubTables>,
  { from, to, personId }: { readonly from: string; readonly to: string; readonly personId?: string | undefined },
): Promise<string[]> {
  // From one person to the next through the index: there are thousands of people, and millions of punches.
  const everybody = sql`
    select min(person_id) from punches
    union all
    select (select min(person_id) from punches where person_id > everybody.id) from everybody where id is not null`;
  const { rows } = await sql<{ id: string }>`
    with recursive everybody (id) as (${personId === undefined ? everybody : sql`values (${personId})`})
    select id from everybody where id is not null
      and exists (select 1 from punches where person_id = everybody.id and at >= ${from} and at < ${to})
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Whether somebody ever punched. */
export async function hasPunched(db: Kysely<HubTables>, personId: string): Promise<boolean> {
  const found = await db
    .selectFrom('punches')
    .select('seq')
    .where('person_id', '=', personId)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Whose punch that is; `null` for one that is not in the books. */
export async function personOfPunch(db: Kysely<HubTables>, id: string): Promise<string | null> {
  const { terminal, seq } = keyOf(id);
  const row = await db
    .selectFrom('punches')
    .select('person_id')
    .where('terminal', '=', terminal)
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

function keyOf(id: string): { readonly terminal: string; readonly seq: number } {
  const [, terminal = '', digits = ''] = /^(.*):(\d{1,15})$/.exec(id) ?? [];
  return { terminal, seq: Number(digits) };
}
