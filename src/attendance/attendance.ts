import { dayOf } from './belongs.ts';
import type { Tell } from './count.ts';
import { countDay, type DayCount } from './day.ts';
import { type Facts, instantOf } from './facts.ts';
import type { Finding, LooseFinding, Proposal } from './finding.ts';
import { isApproved, type Ledger, type LedgerPunch, ledgerOf } from './ledger.ts';
import { type OvertimeDay, type Tiered, tiered } from './overtime.ts';
import { type Pairing, pair, type Work } from './pair.ts';
import { type Plan, type Terms, termsOf } from './plan.ts';
import { type PlannedDay, plannedDay } from './rota.ts';
import { impossibleTravel } from './travel.ts';
import { dateAt, dayPlus, daysFrom, weekOf } from './wall-clock.ts';

/** Somebody whose time is counted. */
export interface Worker {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** One day of one person. Times are in milliseconds. */
export interface AttendanceDay extends DayCount {
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
  readonly terms: Terms;
  readonly days: readonly AttendanceDay[];
}

export interface AttendanceRequest {
  readonly plan: Plan;
  readonly worker: Worker;
  /** First and last day, `YYYY-MM-DD` on the calendar of the worker's site, both included. */
  readonly from: string;
  readonly to: string;
  /** Only what is over can be missing: milliseconds since 1970. */
  readonly nowMs: number;
  /** Told the arithmetic of each day. */
  readonly onStep?: (date: string, line: string) => void;
}

/** Days around a period whose punches take part: the week before for its overtime, a night at either end. */
export function factsNeededFor({ from, to }: { readonly from: string; readonly to: string }) {
  return { from: dayPlus(weekOf(from), -2), to: dayPlus(to, 2) };
}

/**
 * Derive what somebody worked from the facts about them. Pure: it depends on what is in the facts and the plan, never on
 * the order in which it came, and on no clock but `nowMs`.
 *
 * @param facts of this person, at least those of {@link factsNeededFor}; of others, ignored
 */
export function attendanceOf(facts: Facts, request: AttendanceRequest): Attendance {
  const { plan, worker } = request;
  const terms = termsOf(plan, worker);
  const planned = remembered((date) => plannedDay(plan, terms, date));
  const ledger = ledgerOf({
    punches: facts.punches.filter(({ personId }) => personId === worker.id),
    entries: facts.entries.filter(({ about }) => about === worker.id),
  });
  const { punches } = ledger;
  const pairing = pair(punches, terms.policy, request.nowMs);
  const facing = { ...request, terms, planned, ledger, punches, pairing };
  const context = { ...facing, byDay: byDay(facing) };
  const counted = daysFrom(weekOf(request.from), request.to).map((date) => dayFrom(context, date));
  const tiers = tiered(counted.map(overtimeDay(terms)), terms.policy);
  const days = counted
    .filter(({ date }) => date >= request.from)
    .map((day) => withOvertime(day, tiers.get(day.date) as Tiered, context));
  return { worker, terms, days };
}

interface Context extends AttendanceRequest {
  readonly terms: Terms;
  readonly planned: (date: string) => PlannedDay;
  readonly ledger: Ledger;
  readonly punches: readonly LedgerPunch[];
  readonly pairing: Pairing;
  readonly byDay: ReadonlyMap<string, DayContent>;
}

/** What belongs to each day, sorted once: punches go where the work goes that they are part of. */
function byDay({ terms, planned, punches, pairing, plan }: Omit<Context, 'byDay'>): Map<string, DayContent> {
  const days = new Map<string, DayContent>();
  const at = (date: string) => {
    const day = days.get(date) ?? { works: [], punches: [], found: [] };
    days.set(date, day);
    return day;
  };
  const workDay = new Map<string, string>();
  for (const work of pairing.works) {
    const date = dayOf(instantOf(work.in), terms, planned);
    at(date).works.push(work);
    for (const { id } of [work.out, ...work.changes]) workDay.set(id, date);
  }
  const own = (punch: LedgerPunch) => workDay.get(punch.id) ?? dayOf(instantOf(punch), terms, planned);
  for (const punch of punches) at(own(punch)).punches.push(punch);
  for (const finding of [...pairing.findings, ...impossibleTravel(punches, plan)])
    at(dayOf(finding.atMs, terms, planned)).found.push(finding);
  return days;
}

interface DayContent {
  readonly works: Work[];
  readonly punches: LedgerPunch[];
  readonly found: LooseFinding[];
}

function dayFrom(context: Context, date: string): DayCount {
  const { terms, planned, ledger, worker, nowMs, onStep } = context;
  const { works, punches, found: loose } = context.byDay.get(date) ?? { works: [], punches: [], found: [] };
  const found = loose.map((finding) => placed(finding, { date, context }));
  const tell: Tell = (line) => onStep?.(date, line);
  return countDay({ personId: worker.id, terms, planned: planned(date), punches, works, found, ledger, nowMs, tell });
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

function overtimeDay({ rota }: Terms): (day: DayCount) => OvertimeDay {
  return ({ date, workedMs, planned }) => {
    const off = rota !== null && planned.shift === null;
    return { date, workedMs, kind: planned.holiday !== null ? 'holiday' : off ? 'day-off' : 'working-day' };
  };
}

function withOvertime(day: DayCount, { regularMs, tiers }: Tiered, context: Context): AttendanceDay {
  const { ledger, terms, worker, pairing, planned } = context;
  const needsWord = terms.policy.overtimeCounts === 'when-approved';
  const waits = needsWord && !isApproved(ledger, { personId: worker.id, day: day.date, what: 'overtime' });
  const overtimeMs = Object.values(tiers).reduce((sum, ms) => sum + ms, 0);
  const { open } = pairing;
  const isOpen = open !== null && dayOf(instantOf(open), terms, planned) === day.date;
  return {
    ...day,
    regularMs,
    overtime: waits ? {} : tiers,
    unapprovedOvertimeMs: waits ? overtimeMs : 0,
    open: isOpen ? open : null,
  };
}

function remembered<T>(of: (date: string) => T): (date: string) => T {
  const known = new Map<string, T>();
  return (date) => {
    const value = known.get(date) ?? of(date);
    known.set(date, value);
    return value;
  };
}

/** The calendar day of an instant where somebody works. */
export function today(terms: Terms, nowMs: number): string {
  return dateAt(nowMs, terms.site.timeZone);
}
