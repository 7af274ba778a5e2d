import type { Attendance } from '../attendance.ts';
import { dayColumns, dayRows, personColumns } from './columns.ts';
import { workbookOf } from './workbook.ts';

/**
 * A report as a workbook, person by person as it comes: a sheet of days and one of sums. Times are numbers, shown as hours
 * and minutes.
 *
 * @param tiers a column for each
 * @throws LimenError `usage.invalid` for more days than a sheet has rows.
 */
export function attendanceXlsx(
  report: AsyncIterable<Attendance>,
  tiers: readonly string[],
): AsyncGenerator<Uint8Array> {
  const [days, people] = [dayColumns(tiers), personColumns(tiers)];
  return workbookOf(report, [
    {
      name: 'Days',
      header: days.map(({ title }) => title),
      rowsOf: (attendance) => dayRows(attendance).map((row) => days.map(({ of }) => of(row))),
    },
    {
      name: 'People',
      header: people.map(({ title }) => title),
      rowsOf: (attendance) => [people.map(({ of }) => of(attendance))],
    },
  ]);
}
