import type { Attendance, AttendanceDay } from '../attendance.ts';
import { instantOf } from '../facts.ts';
import type { LedgerPunch } from '../ledger.ts';
import type { Plan } from '../plan.ts';
import { clockAt } from '../wall-clock.ts';

/** A cell: words, or a length of time. */
export type Cell = string | { readonly ms: number };

/** A column of a report: what it is called for people and for machines, and what stands in it. */
export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly of: (row: T) => Cell;
}

/** One day of one person. */
export interface DayRow {
  readonly attendance: Attendance;
  readonly day: AttendanceDay;
}

/** Overtime that waits for its approval, of whatever tier: with `regular` and the tiers it comes to what was worked. */
const unapproved = { key: 'overtime_unapproved', title: 'Not approved' };

/** The columns of a report by days; one for each tier of overtime. */
export function dayColumns(tiers: readonly string[]): Column<DayRow>[] {
  const time = (key: string, title: string, of: (day: AttendanceDay) => number): Column<DayRow> => ({
    ...{ key, title },
    of: ({ day }) => ({ ms: of(day) }),
  });
  return [
    { key: 'person', title: 'Person', of: ({ attendance }) => attendance.worker.id },
    { key: 'name', title: 'Name', of: ({ attendance }) => attendance.worker.name },
    { key: 'date', title: 'Day', of: ({ day }) => day.date },
    {
      key: 'shift',
      title: 'Shift',
      of: ({ day }) => day.leave ?? day.planned.holiday ?? day.planned.shift?.name ?? '',
    },
    { key: 'in', title: 'In', of: ({ day }) => clockOf(day, firstIn(day)) },
    { key: 'out', title: 'Out', of: ({ day }) => clockOf(day, lastOut(day)) },
    time('worked', 'Worked', ({ workedMs }) => workedMs),
    time('credited', 'Credited', ({ creditedMs }) => creditedMs),
    time('planned', 'Planned', ({ plannedMs }) => plannedMs),
    time('regular', 'Regular', ({ regularMs }) => regularMs),
    ...tiers.map((tier) => time(`overtime_${tier}`, tier, ({ overtime }) => overtime[tier] ?? 0)),
    time(unapproved.key, unapproved.title, ({ unapprovedOvertimeMs }) => unapprovedOvertimeMs),
    time('late', 'Late', ({ lateMs }) => lateMs),
    time('early', 'Left early', ({ earlyLeaveMs }) => earlyLeaveMs),
    { key: 'face_refused', title: 'Face refused', of: ({ day }) => refusals(day).map(refusalInWords).join('; ') },
    {
      key: 'findings',
      title: 'To look at',
      of: ({ day }) => [...new Set(day.findings.map(({ kind }) => kind))].join(', '),
    },
  ];
}

/** The columns of a report by people: the sums of their days. */
export function personColumns(tiers: readonly string[]): Column<Attendance>[] {
  const sum = (key: string, title: string, of: (day: AttendanceDay) => number): Column<Attendance> => ({
    ...{ key, title },
    of: ({ days }) => ({ ms: days.reduce((total, day) => total + of(day), 0) }),
  });
  return [
    { key: 'person', title: 'Person', of: ({ worker }) => worker.id },
    { key: 'name', title: 'Name', of: ({ worker }) => worker.name },
    { key: 'days', title: 'Days', of: ({ days }) => String(days.filter(({ workedMs }) => workedMs > 0).length) },
    sum('worked', 'Worked', ({ workedMs }) => workedMs),
    sum('credited', 'Credited', ({ creditedMs }) => creditedMs),
    sum('planned', 'Planned', ({ plannedMs }) => plannedMs),
    sum('balance', 'Balance', ({ workedMs, creditedMs, plannedMs }) => workedMs + creditedMs - plannedMs),
    sum('regular', 'Regular', ({ regularMs }) => regularMs),
    ...tiers.map((tier) => sum(`overtime_${tier}`, tier, ({ overtime }) => overtime[tier] ?? 0)),
    sum(unapproved.key, unapproved.title, ({ unapprovedOvertimeMs }) => unapprovedOvertimeMs),
    sum('late', 'Late', ({ lateMs }) => lateMs),
    sum('early', 'Left early', ({ earlyLeaveMs }) => earlyLeaveMs),
    { key: 'face_refused', title: 'Face refused', of: ({ days }) => numberOf(days.flatMap(refusals)) },
    {
      key: 'findings',
      title: 'To look at',
      of: ({ days }) => numberOf(days.flatMap(({ findings }) => findings)),
    },
  ];
}

/** The tiers of overtime that occur, in the order in which they do. */
export function tiersOf({ days }: Attendance): string[] {
  return [...new Set(days.flatMap(({ overtime }) => Object.keys(overtime)))];
}

/** The tiers of overtime that plans know, in their order: the same for every report by them, whoever is in it. */
export function tiersIn(plans: readonly Pick<Plan, 'policies'>[]): string[] {
  const policies = plans.flatMap((plan) => Object.values(plan.policies));
  return [...new Set(policies.flatMap(({ overtime }) => overtime.map(({ name }) => name)))];
}

/** Every day of somebody. */
export function dayRows(attendance: Attendance): DayRow[] {
  return attendance.days.map((day) => ({ attendance, day }));
}

/** Punches for which a card or a PIN took the place of the face. */
function refusals({ punches }: AttendanceDay): LedgerPunch[] {
  return punches.filter(({ afterRefusal }) => afterRefusal !== undefined);
}

/** `out by card (unknown)` */
function refusalInWords({ code, verifiedBy = [], afterRefusal }: LedgerPunch): string {
  return `${code} by ${verifiedBy.join(' and ')} (${afterRefusal})`;
}

function numberOf(all: readonly unknown[]): string {
  return all.length === 0 ? '' : String(all.length);
}

/** Also one that lacks its partner: whoever signs the page has to see when they came. */
function firstIn({ punches, works, open }: AttendanceDay): LedgerPunch | null {
  return punches.find(({ code }) => code === 'in') ?? works[0]?.in ?? open;
}

function lastOut({ punches, works }: AttendanceDay): LedgerPunch | null {
  return works.at(-1)?.out ?? punches.findLast(({ code }) => code === 'out') ?? null;
}

function clockOf({ held }: AttendanceDay, punch: Parameters<typeof instantOf>[0] | null): string {
  return punch === null ? '' : clockAt(instantOf(punch), held.terms.site.timeZone);
}
