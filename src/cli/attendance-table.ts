import type { Attendance } from '../attendance/attendance.ts';
import { type PlanVersions, versionsWithin } from '../attendance/plan-version.ts';
import { type Cell, type Column, dayColumns, dayRows, personColumns, tiersIn } from '../attendance/report/columns.ts';
import { hoursInWords } from '../attendance/wall-clock.ts';
import { colours } from '../runtime/colours.ts';
import { print, table } from './output.ts';

/** Print a report: the days of one person, or the sums of several. */
export async function showTable(
  report: AsyncIterable<Attendance>,
  options: {
    readonly plans: PlanVersions;
    readonly period: { readonly from: string; readonly to: string };
    readonly byDay: boolean;
  },
): Promise<void> {
  const { plans, period, byDay } = options;
  const tiers = tiersIn(versionsWithin(plans, period).map(({ plan }) => plan));
  const days = dayColumns(tiers).filter(({ key }) => key !== 'person' && key !== 'name');
  const people = personColumns(tiers);
  // Cells and not days: those of thousands of people are in memory until the widest is known.
  const rows: string[][] = [];
  for await (const attendance of report) {
    if (byDay) rows.push(...dayRows(attendance).map((row) => days.map(({ of }) => inWords(of(row)))));
    else rows.push(people.map(({ of }) => inWords(of(attendance))));
  }
  for (const line of table(withoutEmptyTiers(byDay ? days : people, rows))) print(line);
}

function withoutEmptyTiers(columns: readonly Pick<Column<never>, 'key' | 'title'>[], rows: readonly string[][]) {
  const shown = columns.map(({ key }, i) => !key.startsWith('overtime_') || rows.some((row) => row[i] !== ''));
  const header = columns.map(({ title }) => colours.bold(title));
  return [header, ...rows].map((row) => row.filter((_, i) => shown[i]));
}

function inWords(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.ms === 0 ? '' : hoursInWords(cell.ms).padStart(6);
}
