import type { z } from 'zod';
import type { Attendance, AttendanceDay } from '../attendance/attendance.ts';
import { instantOf } from '../attendance/facts.ts';
import type { Finding } from '../attendance/finding.ts';
import type { LedgerPunch } from '../attendance/ledger.ts';
import { proofInWords } from '../attendance/proof.ts';
import { clockAt, dateAt } from '../attendance/wall-clock.ts';
import type { DayTold, FindingTold, PersonSums, punchTold } from './answers/attendance.ts';

/** What somebody's days come to. */
export function sumsOf({ worker, terms, days }: Attendance): PersonSums {
  const sum = (of: (day: AttendanceDay) => number) => days.reduce((total, day) => total + of(day), 0);
  const tiers = [...new Set(days.flatMap(({ overtime }) => Object.keys(overtime)))];
  return {
    ...{ id: worker.id, name: worker.name, site: terms.siteName },
    days: days.filter(({ workedMs }) => workedMs > 0).length,
    workedMs: sum(({ workedMs }) => workedMs),
    creditedMs: sum(({ creditedMs }) => creditedMs),
    plannedMs: sum(({ plannedMs }) => plannedMs),
    regularMs: sum(({ regularMs }) => regularMs),
    balanceMs: sum(({ workedMs, creditedMs, plannedMs }) => workedMs + creditedMs - plannedMs),
    overtimeMs: Object.fromEntries(tiers.map((tier) => [tier, sum(({ overtime }) => overtime[tier] ?? 0)])),
    unapprovedOvertimeMs: sum(({ unapprovedOvertimeMs }) => unapprovedOvertimeMs),
    lateMs: sum(({ lateMs }) => lateMs),
    earlyLeaveMs: sum(({ earlyLeaveMs }) => earlyLeaveMs),
    findings: sum(({ findings }) => findings.length),
  };
}

/** What somebody has to look at, with whose it is. */
export function findingsOf({ worker, days }: Attendance): FindingTold[] {
  return days.flatMap(({ findings }) => findings.map((finding) => findingOf(finding, worker.name)));
}

/** One day, with its punches by the clock on the wall. @param steps its arithmetic */
export function dayOf({ worker }: Attendance, day: AttendanceDay, steps: readonly string[]): DayTold {
  const { timeZone } = day.held.terms.site;
  const clock = (punch: LedgerPunch | null) => (punch === null ? '' : clockAt(instantOf(punch), timeZone));
  return {
    ...{ date: day.date, shift: day.planned.shift?.name ?? null, holiday: day.planned.holiday, leave: day.leave },
    in: clock(day.works[0]?.in ?? day.open),
    out: clock(day.works.at(-1)?.out ?? null),
    ...{ workedMs: day.workedMs, creditedMs: day.creditedMs, plannedMs: day.plannedMs, regularMs: day.regularMs },
    ...{ lateMs: day.lateMs, earlyLeaveMs: day.earlyLeaveMs, overtimeMs: { ...day.overtime } },
    unapprovedOvertimeMs: day.unapprovedOvertimeMs,
    punches: day.punches.map((punch) => punchOf(punch, timeZone)),
    findings: day.findings.map((finding) => findingOf(finding, worker.name)),
    steps: [...steps],
  };
}

function punchOf(punch: LedgerPunch, timeZone: string): z.infer<typeof punchTold> {
  const { id, code, work = null, at, corrected, terminal, clock, changedBy } = punch;
  const ms = instantOf(punch);
  return {
    ...{ id, code, work, at: new Date(ms).toISOString(), terminal },
    ...{ clock: clockAt(ms, timeZone), date: dateAt(ms, timeZone) },
    recordedAt: corrected === undefined ? null : at,
    ...{ proof: proofInWords(punch), afterRefusal: punch.afterRefusal ?? null },
    isClockSet: clock === 'synced' || corrected !== undefined,
    changedBy: changedBy.map(({ id: entry, author, reason }) => ({ id: entry, author, reason })),
  };
}

function findingOf({ kind, personId, day, says, costsTime, proposals }: Finding, name: string): FindingTold {
  return {
    ...{ kind, person: personId, name, day, says, costsTime },
    proposals: proposals.map(({ says: proposed, entry }) => ({ says: proposed, entry })),
  };
}
