import writeExcelFile from 'write-excel-file/node';
import type { Attendance } from '../attendance.ts';
import { type Cell, type Column, dayColumns, dayRows, personColumns, tiersOf } from './columns.ts';

const msPerDay = 86_400_000;

/** A report as a workbook: a sheet of days and one of sums. Times are numbers, shown as hours and minutes. */
export function attendanceXlsx(all: readonly Attendance[]): Promise<Buffer> {
  const tiers = tiersOf(all);
  return writeExcelFile([
    { sheet: 'Days', data: sheetOf(dayColumns(tiers), dayRows(all)), stickyRowsCount: 1 },
    { sheet: 'People', data: sheetOf(personColumns(tiers), all), stickyRowsCount: 1 },
  ]).toBuffer();
}

function sheetOf<T>(columns: readonly Column<T>[], rows: readonly T[]) {
  const header = columns.map(({ title }) => ({ value: title, fontWeight: 'bold' as const }));
  return [header, ...rows.map((row) => columns.map(({ of }) => cellOf(of(row))))];
}

function cellOf(cell: Cell) {
  if (typeof cell === 'string') return { value: cell, type: String };
  return { value: cell.ms / msPerDay, type: Number, format: '[h]:mm' };
}
