import { dayOf } from './belongs.ts';
import type { Tell } from './count.ts';
import { type DatedTerms, datedTerms, type TermsSince, type Worker } from './dated-terms.ts';
import { countDay, type DayCount } from './day.ts';
import { type Facts, instantOf } from './facts.ts';
import type { Finding, LooseFinding, Proposal } from './finding.ts';
import { idleCorrections } from './idle-corrections.ts';
import { isApproved, type Ledger, type LedgerPunch, ledgerOf } from './ledger.ts';
import { type OvertimeDay, type Tiered, tiered } from './overtime.ts';
import { type Pairing, pair, type Work } from './pair.ts';
import type { Terms } from './plan.ts';
import type { PlanTakenBack, PlanVersions } from './plan-version.ts';
import { type PlannedDay, plannedDay } from './rota.ts';
import { impossibleTravel } from './travel.ts';
import { dayPlus, daysFrom, weekOf } from './wall-clock.ts';

/** One day of one person. Times are in milliseconds. */
export interface AttendanceDay extends DayCount {
  /** What held for them on that day, and who said so. */
  readonly held: TermsSince;
  /** In no tier of overtime. */
  readonly regularMs: number;
  /** Tier -> time; empty where overtime needs an approval that nobody gave. */
  readonly overtime: Readonly<Record<string, number>>;
  /** Overtime that waits for an approval. */
  readonly unapprovedOvertimeMs: number;
  /** An IN whose OUT may still come. */
  readonly open: LedgerPunch | null;
}

/** What somebody worked in a period. */
export interface Attendance {
  readonly worker: Worker;
  /** What held for them at the end of the period; before, it may have been something else: see the days. */
  readonly terms: Terms;
  readonly days: readonly AttendanceDay[];
}

export interface AttendanceRequest {
  readonly plans: PlanVersions;
  readonly worker: Worker;
  /** First and last day, `YYYY-MM-DD` on the calendar of the worker's site, both included. */
  readonly from: string;
  readonly to: string;
  /** Only what is over can be missing: milliseconds since 1970. */
  readonly nowMs: number;
  /** Told the arithmetic of each day. */
  readonly onStep?: (date: string, line: string) => void;
  /** By which plan a day would be counted, had it not been taken back: told with its arithmetic. */
  readonly planTakenBack?: (date: string) => PlanTakenBack | null;
}

/** Days around a period whose punches take part: the week before for its overtime, a night at either end. */
export function factsNeededFor({ from, to }: { readonly from: string; readonly to: string }) {
  return { from: dayPlus(weekOf(from), -2), to: dayPlus(to, 2) };
}

/**
 * Derive what somebody worked from the facts about them. Pure: it depends on what is in the facts and the plans, never on
 * the order in which it came, and on no clock but `nowMs`.
 *
 * @param facts of this person, at least those of {@link factsNeededFor}; of others, ignored
 */
export function attendanceOf(facts: Facts, request: AttendanceRequest): Attendance {
  const { plans, worker } = request;
  const ledger = ledgerOf({
    punches: facts.punches.filter(({ personId }) => personId === worker.id),
    entries: facts.entries.filter(({ about }) => about === worker.id),
  });
  const { punches, moves } = ledger;
  const dated = datedTerms({ plans, worker, moves });
  const planned = remembered((date: string) => plannedDay(dated.on(date).terms, date));
  const pairing = pair(punches, (atMs) => dated.at(atMs).terms.policy, request.nowMs);
  const facing = { ...request, dated, planned, ledger, punches, pairing };
  const context = { ...facing, byDay: byDay(facing) };
  const counted = daysFrom(weekOf(request.from), request.to).map((date) => dayFrom(context, date));
  const tiers = tiered(counted.map(overtimeDay), (date) => dated.on(date).terms.policy);
  const days = counted
    .filter(({ date }) => date >= request.from)
    .map((day) => withOvertime(day, tiers.get(day.date) as Tiered, context));
  return { worker, terms: dated.on(request.to).terms, days };
}

interface Context extends AttendanceRequest {
  readonly dated: DatedTerms;
  readonly planned: (date: string) => PlannedDay;
  readonly ledger: Ledger;
  readonly punches: readonly LedgerPunch[];
  readonly pairing: Pairing;
  readonly byDay: ReadonlyMap<string, DayContent>;
}

/** What belongs to each day, sorted once: punches go where the work goes that they are part of. */
function byDay({ dated, planned, punches, pairing, ledger }: Omit<Context, 'byDay'>): Map<string, DayContent> {
  const days = new Map<string, DayContent>();
  const at = (date: string) => {
    const day = days.get(date) ?? { works: [], punches: [], found: [] };
    days.set(date, day);
    return day;
  };
  const dayAt = remembered((atMs: number) => dayOf(atMs, dated, planned));
  const { works, findings, partOf } = pairing;
  for (const work of works) at(dayAt(instantOf(work.in))).works.push(work);
  for (const punch of punches) at(dayAt(instantOf(partOf.get(punch.id) ?? punch))).punches.push(punch);
  const travel = impossibleTravel(punches, (ms) => dated.at(ms).terms.plan);
  for (const finding of [...findings, ...travel, ...idleCorrections(ledger)])
    at(dayAt(whereFound(finding, partOf))).found.push(finding);
  return days;
}

/** Half a break, and a punch that was made twice, are looked at with the work that they are part of. */
function whereFound({ kind, about: [id = ''], atMs }: LooseFinding, partOf: Pairing['partOf']): number {
  const begun = kind === 'doubled' || kind.startsWith('missing-break') ? partOf.get(id) : undefined;
  return begun === undefined ? atMs : instantOf(begun);
}

interface DayContent {
  readonly works: Work[];
  readonly punches: LedgerPunch[];
  readonly found: LooseFinding[];
}

function dayFrom(context: Context, date: string): DayCount {
  const { dated, planned, ledger, worker, nowMs, onStep, planTakenBack } = context;
  const { works, punches, found: loose } = context.byDay.get(date) ?? { works: [], punches: [], found: [] };
  const found = loose.map((finding) => placed(finding, { date, context }));
  const tell: Tell = (line) => onStep?.(date, line);
  const takenBack = onStep && planTakenBack?.(date);
  const day = { personId: worker.id, held: dated.on(date), planned: planned(date), takenBack };
  return countDay({ ...day, punches, works, found, ledger, nowMs, tell });
}

/** A finding with its day, and what the plan proposes where the punches alone cannot. */
function placed({ atMs, ...finding }: LooseFinding, { date, context }: { date: string; context: Context }): Finding {
  return { ...finding, day: date, proposals: [...fromPlan({ atMs, ...finding }, date, context), ...finding.proposals] };
}

function fromPlan(finding: LooseFinding, date: string, { planned, punches }: Context): Proposal[] {
  const code = { 'missing-out': 'out', 'two-places': 'out', 'missing-in': 'in' }[finding.kind as string];
  const stretches = planned(date).stretches;
  const punch = punches.find(({ id }) => id === finding.about[0]);
  const near = stretches.find(
    ({ fromMs, toMs }) => fromMs - 4 * 3_600_000 <= finding.atMs && finding.atMs <= toMs + 4 * 3_600_000,
  );
  if (code === undefined || near === undefined || punch === undefined) return [];
  const ms = code === 'out' ? near.toMs : near.fromMs;
  if (code === 'out' ? ms <= finding.atMs : ms >= finding.atMs) return [];
  const at = new Date(ms).toISOString();
  const entry = { kind: 'add', personId: finding.personId, at, code, site: punch.site } as const;
  return [
    {
      says: `add ${code.toUpperCase()} at the ${code === 'out' ? 'end' : 'beginning'} of the shift`,
      entry: { ...entry, code: code as 'in' | 'out' },
    },
  ];
}

function overtimeDay({ date, workedMs, planned }: DayCount): OvertimeDay {
  const special: OvertimeDay['special'] = [
    ...(planned.holiday !== null ? (['holiday'] as const) : []),
    ...(planned.isDayOff ? (['day-off'] as const) : []),
  ];
  return { date, workedMs, special };
}

function withOvertime(day: DayCount, { regularMs, tiers }: Tiered, context: Context): AttendanceDay {
  const { ledger, dated, worker, pairing, planned } = context;
  const held = dated.on(day.date);
  const needsWord = held.terms.policy.overtimeCounts === 'when-approved';
  const waits = needsWord && !isApproved(ledger, { personId: worker.id, day: day.date, what: 'overtime' });
  const overtimeMs = Object.values(tiers).reduce((sum, ms) => sum + ms, 0);
  const { open } = pairing;
  const isOpen = open !== null && dayOf(instantOf(open), dated, planned) === day.date;
  return {
    ...day,
    held,
    regularMs,
    overtime: waits ? {} : tiers,
    unapprovedOvertimeMs: waits ? overtimeMs : 0,
    open: isOpen ? open : null,
  };
}

function remembered<K, T>(of: (key: K) => T): (key: K) => T {
  const known = new Map<K, T>();
  return (key) => {
    const value = known.get(key) ?? of(key);
    known.set(key, value);
    return value;
  };
}
