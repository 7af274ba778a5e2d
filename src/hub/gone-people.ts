import { type Kysely, sql } from 'kysely';
import { type DatedTerms, datedTerms, type Worker } from '../attendance/dated-terms.ts';
import { type Facts, instantOf } from '../attendance/facts.ts';
import { type Ledger, ledgerOf } from '../attendance/ledger.ts';
import type { Employment, Plan } from '../attendance/plan.ts';
import type { PlanVersions } from '../attendance/plan-version.ts';
import { dateAt, dayPlus } from '../attendance/wall-clock.ts';
import { erasedSince } from './group-history.ts';
import type { HubTables } from './hub-schema.ts';
import { peoplePunching } from './punch-book.ts';
import type { Listed } from './worker-book.ts';

/** A period of days, both included. */
interface Days {
  readonly from: string;
  readonly to: string;
}

/** Whom to look for: instants (ISO 8601 UTC) of punches, and one person or all but who is enrolled. */
export interface GoneQuery {
  readonly from: string;
  readonly to: string;
  readonly personId?: string | undefined;
  readonly asOf: Date;
  readonly enrolled: readonly Pick<Listed, 'id'>[];
}

/**
 * Everybody who is enrolled no more and may have worked in a time, under their id: who punched in it or by a clock that was
 * not set, of whom the office said anything, and who went in it or later. Whether they did: {@link plansOfGone}.
 */
export async function gonePeople(db: Kysely<HubTables>, query: GoneQuery): Promise<Listed[]> {
  const { personId } = query;
  const since = await erasedSince(db, personId);
  const first = [query.from, query.asOf.toISOString()].sort()[0] as string;
  const later = [...since].flatMap(([id, at]) => (at >= first ? [id] : []));
  const ids = new Set([...(await peoplePunching(db, query)), ...(await elsewhere(db, personId)), ...later]);
  for (const { id } of query.enrolled) ids.delete(id);
  return [...ids].map((id) => ({ id, name: id, groups: [], gone: { since: since.get(id) ?? null } }));
}

/** Whose time is not found by the instants of punches. */
async function elsewhere(db: Kysely<HubTables>, personId: string | undefined): Promise<string[]> {
  const one = personId !== undefined;
  const said = await db
    .selectFrom('statements')
    .select('person_id')
    .distinct()
    .where('kind', 'in', ['add', 'move', 'leave', 'approve'])
    .where('person_id', 'is not', null)
    .$if(one, (select) => select.where('person_id', '=', personId as string))
    .execute();
  const unset = await db
    .selectFrom('punches')
    .select('person_id')
    .distinct()
    .where('clock', '=', sql.lit('unsynced'))
    .$if(one, (select) => select.where('person_id', '=', personId as string))
    .execute();
  return [...said, ...unset].flatMap(({ person_id }) => person_id ?? []);
}

export interface GoneOptions extends Days {
  /** Since when they are gone, if that is known. */
  readonly since: string | null;
  readonly asOf: Date;
  readonly plans: PlanVersions;
  readonly worker: Worker;
  readonly facts: Facts;
}

/**
 * The plans by which somebody is counted who is gone; `null` where a period has nothing of theirs. Before they went, they
 * are counted like everybody; from the day after, nothing is expected of them but on days of leave and of an IN.
 */
export function plansOfGone({ since, asOf, plans, worker, facts, ...period }: GoneOptions): PlanVersions | null {
  if (since !== null && asOf.toISOString() < since) return plans;
  const ledger = ledgerOf(facts);
  const dated = datedTerms({ plans, worker, moves: ledger.moves });
  if (since === null) return hasPart(ledger, { dated, period }) ? plans : null;
  const last = dayThere(Date.parse(since), dated);
  if (last < period.from && !hasPart(ledger, { dated, period })) return null;
  const days = [{ to: last }, ...daysOf(ledger, dated)];
  const [first, ...rest] = plans;
  const cut = (version: (typeof plans)[number]) => ({ ...version, plan: employedOn(days, worker.id, version.plan) });
  return [cut(first), ...rest.map(cut)];
}

function dayThere(ms: number, dated: DatedTerms): string {
  return dateAt(ms, dated.at(ms).terms.site.timeZone);
}

/** A night belongs to the evening on which it began: a day around the period may be of it. */
function hasPart(ledger: Ledger, { dated, period }: { readonly dated: DatedTerms; readonly period: Days }): boolean {
  const [from, to] = [dayPlus(period.from, -1), dayPlus(period.to, 1)];
  const punches = [...ledger.punches, ...ledger.voided.map(({ punch }) => punch)];
  const days = [
    ...punches.map((punch) => dayThere(instantOf(punch), dated)),
    ...ledger.approvals.map(({ day }) => day),
  ];
  return days.some((day) => from <= day && day <= to) || ledger.leave.some((one) => one.from <= to && from <= one.to);
}

/** On which somebody is still expected, whatever day they went. */
function daysOf({ leave, punches }: Ledger, dated: DatedTerms): Days[] {
  const ins = punches.filter(({ code }) => code === 'in').map((punch) => dayThere(instantOf(punch), dated));
  return [...leave.map(({ from, to }) => ({ from, to })), ...ins.map((day) => ({ from: day, to: day }))];
}

/** The same plan, by which somebody is employed on no other days. */
function employedOn(days: readonly Employment[], personId: string, plan: Plan): Plan {
  const own = plan.people[personId];
  const employed = (own?.employed ?? [{}]).flatMap((period) => days.flatMap((other) => shared(period, other)));
  return { ...plan, people: { ...plan.people, [personId]: { ...own, employed } } };
}

function shared(a: Employment, b: Employment): Employment[] {
  const from = [a.from ?? '', b.from ?? ''].sort()[1] as string;
  const to = [a.to ?? '9999-12-31', b.to ?? '9999-12-31'].sort()[0] as string;
  return from <= to ? [{ from, to }] : [];
}
