import type { Attendance, AttendanceDay } from '../attendance.ts';
import { instantOf } from '../facts.ts';
import type { LedgerPunch } from '../ledger.ts';

/**
 * A report as one JSON document, person by person as it comes: times in milliseconds, instants in ISO 8601. Indented as
 * everything that limen prints.
 */
export async function* attendanceJson(
  report: AsyncIterable<Attendance>,
  { from, to }: { readonly from: string; readonly to: string },
): AsyncGenerator<string> {
  yield `{\n  "from": "${from}",\n  "to": "${to}",\n  "people": [`;
  let before = '';
  for await (const attendance of report) {
    yield `${before}\n    ${JSON.stringify(personJson(attendance), null, 2).replaceAll('\n', '\n    ')}`;
    before = ',';
  }
  yield `${before === '' ? '' : '\n  '}]\n}\n`;
}

/** One person of such a report, as plain data. */
export function personJson({ worker, terms, days }: Attendance): object {
  const { id, name } = worker;
  return { person: id, name, site: terms.siteName, timeZone: terms.site.timeZone, days: days.map(dayJson) };
}

function dayJson(day: AttendanceDay): object {
  const { date, planned, held, leave, workedMs, creditedMs, plannedMs, paidBreakMs, unpaidBreakMs, automaticBreakMs } =
    day;
  const { lateMs, earlyLeaveMs, unapprovedMs, regularMs, overtime, unapprovedOvertimeMs, open, punches, findings } =
    day;
  return {
    ...{ date, shift: planned.shift?.name ?? null, holiday: planned.holiday, leave },
    ...{ groups: held.groups, plan: held.version.id },
    ...{ workedMs, creditedMs, plannedMs, paidBreakMs, unpaidBreakMs, automaticBreakMs, lateMs, earlyLeaveMs },
    ...{ regularMs, overtimeMs: overtime, unapprovedMs, unapprovedOvertimeMs },
    complete: !findings.some(({ costsTime }) => costsTime),
    open: open?.id ?? null,
    punches: punches.map(punchJson),
    findings: findings.map(({ kind, about, says, proposals }) => ({ kind, about, says, proposals })),
  };
}

/** Both times, where the recorded one was wrong, and why. */
function punchJson(punch: LedgerPunch): object {
  const { id, code, work, at, clock, corrected, terminal, site, changedBy, verifiedBy, afterRefusal } = punch;
  return {
    ...{ id, code, ...(work !== undefined && { work }), at: new Date(instantOf(punch)).toISOString() },
    ...(corrected !== undefined && { recordedAt: at, correctedBecause: corrected.reason }),
    ...{ clock, terminal, site },
    ...(verifiedBy !== undefined && { verifiedBy }),
    ...(afterRefusal !== undefined && { afterRefusal }),
    ...(changedBy.length > 0 && { changedBy: changedBy.map((entry) => entry.id) }),
  };
}
