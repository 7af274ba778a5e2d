import type { Attendance } from '../attendance.ts';
import { type PlanVersions, versionsWithin } from '../plan-version.ts';
import { tiersIn } from './columns.ts';
import { attendanceCsv } from './csv.ts';
import type { FileFormat } from './file-format.ts';
import { attendanceHtml } from './html.ts';
import { attendanceJson } from './json.ts';
import { attendanceXlsx } from './xlsx.ts';

/** A report as a file, piece by piece, person by person as it comes. */
export function attendanceFile(
  report: AsyncIterable<Attendance>,
  options: {
    readonly format: FileFormat;
    readonly period: { readonly from: string; readonly to: string };
    /** By what the report is counted: what columns there are depends on nothing else. */
    readonly plans: PlanVersions;
  },
): AsyncGenerator<string | Uint8Array> {
  const { format, period, plans } = options;
  if (format === 'json') return attendanceJson(report, period);
  if (format === 'html') return attendanceHtml(report, period);
  const tiers = tiersIn(versionsWithin(plans, period).map(({ plan }) => plan));
  return format === 'csv' ? attendanceCsv(report, tiers) : attendanceXlsx(report, tiers);
}
