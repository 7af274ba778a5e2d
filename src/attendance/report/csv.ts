import { stringify } from 'csv-stringify/sync';
import type { Attendance } from '../attendance.ts';
import { type Cell, dayColumns, dayRows, tiersOf } from './columns.ts';

/**
 * A report as CSV (RFC 4180), one row per person and day, times in minutes with two decimals. Names that a spreadsheet
 * would take for a formula are made harmless.
 */
export function attendanceCsv(all: readonly Attendance[]): string {
  const columns = dayColumns(tiersOf(all));
  const header = columns.map(({ key }) => key);
  const rows = dayRows(all).map((row) => columns.map(({ of }) => plain(of(row))));
  return stringify([header, ...rows], { escape_formulas: true });
}

function plain(cell: Cell): string {
  return typeof cell === 'string' ? cell : (cell.ms / 60_000).toFixed(2);
}
