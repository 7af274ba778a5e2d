import type { Kysely, Transaction } from 'kysely';
import type { Punch, PunchCode } from '../attendance/facts.ts';
import { type Plan, siteOfTerminal } from '../attendance/plan.ts';
import type { ClockQuality, LimenEvent } from '../domain/event.ts';
import { punchDirections } from '../domain/punch.ts';
import type { WireEvent } from '../sync/messages.ts';
import { clocksOf } from './clock-corrections.ts';
import type { HubTables } from './hub-schema.ts';

/** Later than whatever the books hold. */
const forEver = '9999-12-31T23:59:59.999Z';
const codes: readonly PunchCode[] = punchDirections;

/** Put punches where they are found by person and day. What is no punch, or one of a kind that is not known here, is left. */
export async function indexPunches(
  tx: Transaction<HubTables>,
  events: readonly WireEvent[],
  receivedAt: Date,
): Promise<void> {
  const rows = events.flatMap((event): HubTables['punches'][] => {
    if (event.kind !== 'punch.recorded') return [];
    const { personId, direction, work } = event.body as Partial<LimenEvent<'punch.recorded'>['body']>;
    if (typeof personId !== 'string' || !codes.includes(direction as PunchCode)) return [];
    const { terminal, seq, at, clock } = event;
    const what = { person_id: personId, code: direction as PunchCode, work: typeof work === 'string' ? work : null };
    return [{ terminal, seq, at, clock, ...what, received_at: receivedAt.toISOString() }];
  });
  if (rows.length > 0) await tx.insertInto('punches').values(rows).execute();
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
}

/** Punches by their ids. */
export interface PunchesById {
  readonly ids: readonly string[];
}

/**
 * Punches, in the order of terminals and numbers, with their sites by a plan and their times corrected where a terminal's
 * clock was set later. Punches of an unset clock are given whenever they say they were: it may be this month that they
 * were meant.
 */
export async function punchesOf(
  db: Kysely<HubTables>,
  plan: Pick<Plan, 'sites'>,
  query: PunchQuery | PunchesById,
): Promise<Punch[]> {
  const { ids = [] } = query;
  const knownAt = ('knownAt' in query && query.knownAt) || forEver;
  const rows = await db
    .selectFrom('punches')
    .selectAll()
    .where((where) =>
      where.or([
        ...('from' in query
          ? [where.and([where('at', '>=', query.from), where('at', '<', query.to)]), where('clock', '=', 'unsynced')]
          : []),
        ...ids.map(keyOf).map(({ terminal, seq }) => where.and({ terminal, seq })),
      ]),
    )
    .$if('from' in query, (select) => select.where('person_id', 'in', (query as PunchQuery).personIds))
    .orderBy('terminal')
    .orderBy('seq')
    .execute();
  const unset = [...new Set(rows.filter(({ clock }) => clock === 'unsynced').map(({ terminal }) => terminal))];
  const clocks = await clocksOf(db, unset, { until: knownAt });
  const punches: Punch[] = [];
  for (const row of rows) {
    const { terminal, seq, at, work } = row;
    const isUnset = row.clock === 'unsynced';
    const correction = isUnset ? clocks.corrected({ terminal, seq, at }) : null;
    const latest = isUnset && correction === null ? await clocks.latest({ terminal, seq, at }) : null;
    punches.push({
      ...{ id: `${terminal}:${seq}`, personId: row.person_id, at, clock: row.clock as ClockQuality },
      ...{ code: row.code as PunchCode, terminal, recordedAt: row.received_at },
      site: siteOfTerminal(plan, terminal) ?? terminal,
      ...(work !== null && { work }),
      ...(correction !== null && { corrected: correction }),
      ...(latest !== null && { latest }),
    });
  }
  return punches;
}

/** Everybody who has punched between two instants, those included of whom the hub knows nothing any more. */
export async function peoplePunching(
  db: Kysely<HubTables>,
  { from, to }: { from: string; to: string },
): Promise<string[]> {
  const within = db.selectFrom('punches').select('person_id').distinct().where('at', '>=', from).where('at', '<', to);
  return (await within.orderBy('person_id').execute()).map(({ person_id }) => person_id);
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
