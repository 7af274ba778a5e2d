import { stringify } from 'csv-stringify/sync';
import type { Attendance } from '../attendance.ts';
import { type Cell, dayColumns, dayRows } from './columns.ts';

/**
 * A report as CSV (RFC 4180), person by person as it comes: one row per person and day, times in minutes with two decimals.
 * Names that a spreadsheet would take for a formula are made harmless.
 *
 * @param tiers a column for each
 */
export async function* attendanceCsv(
  report: AsyncIterable<Attendance>,
  tiers: readonly string[],
): AsyncGenerator<string> {
  const columns = dayColumns(tiers);
  yield lines([columns.map(({ key }) => key)]);
  for await (const attendance of report)
    yield lines(dayRows(attendance).map((row) => columns.map(({ of }) => plain(of(row)))));
}

function lines(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], { escape_formulas: true });
}

function plain(cell: Cell): string {
  return typeof cell === 'string' ? cell : (cell.ms / 60_000).toFixed(2);
}
