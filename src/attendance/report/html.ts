import type { Attendance } from '../attendance.ts';
import { hoursInWords } from '../wall-clock.ts';
import { type Cell, type Column, type DayRow, dayColumns, personColumns, tiersOf } from './columns.ts';

/**
 * A report to be printed, person by person as it comes: a page each, with a line to sign. One file, without scripts, and
 * nothing to load.
 */
export async function* attendanceHtml(
  report: AsyncIterable<Attendance>,
  period: { readonly from: string; readonly to: string },
): AsyncGenerator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(`Attendance ${period.from} to ${period.to}`)}</title>
<style>${attendanceStyle}</style>
</head>
<body>
`;
  for await (const attendance of report) yield `${pageOf(attendance, period)}\n`;
  yield '</body>\n</html>\n';
}

/** The style sheet of that page, and all that it loads. */
export const attendanceStyle = `
  @page { size: A4; margin: 16mm; }
  body { font: 11pt/1.35 system-ui, sans-serif; color: #111; margin: 0 auto; max-width: 190mm; }
  section { break-after: page; padding: 8mm 0; }
  h1 { font-size: 16pt; margin: 0; }
  p { margin: 1mm 0 5mm; color: #444; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { padding: 1mm 1.5mm; border-bottom: 0.2mm solid #bbb; text-align: left; font-size: 9.5pt; }
  th { border-bottom: 0.4mm solid #111; white-space: nowrap; }
  td:first-child { white-space: nowrap; }
  .time { text-align: right; }
  .quiet td { color: #777; }
  tfoot td { font-weight: 600; border-top: 0.4mm solid #111; border-bottom: 0; }
  .sign { display: flex; gap: 12mm; margin-top: 18mm; }
  .sign span { flex: 1; border-top: 0.2mm solid #111; padding-top: 1mm; font-size: 9pt; color: #444; }
`;

const rare: readonly string[] = ['face_refused', 'overtime_unapproved'];

function pageOf(attendance: Attendance, { from, to }: { readonly from: string; readonly to: string }): string {
  const { worker, terms, days } = attendance;
  const tiers = tiersOf(attendance);
  const isEmpty = ({ of }: Column<DayRow>) =>
    days
      .map((day) => of({ attendance, day }))
      .every((cell) => (typeof cell === 'string' ? cell === '' : cell.ms === 0));
  const columns = dayColumns(tiers)
    .filter(({ key }) => key !== 'person' && key !== 'name')
    // Where no face was refused, and nothing waits for an approval, the page has the room.
    .filter((column) => !rare.includes(column.key) || !isEmpty(column));
  const sums = new Map(personColumns(tiers).map((column) => [column.key, column.of(attendance)]));
  const rows = days.map((day) => rowOf({ attendance, day }, columns)).join('\n');
  const total = columns.map(({ key }, i) =>
    i === 0 ? '<td>Sum</td>' : cellOf(key === 'findings' ? '' : (sums.get(key) ?? '')),
  );
  return `<section>
<h1>${escaped(worker.name)}</h1>
<p>${escaped(worker.id)} · ${from} to ${to}${terms.siteName === null ? '' : ` · ${escaped(terms.siteName)} (${escaped(terms.site.timeZone)})`}</p>
<table>
<thead><tr>${columns.map(({ title }) => `<th>${escaped(title)}</th>`).join('')}</tr></thead>
<tbody>
${rows}
</tbody>
<tfoot><tr>${total.join('')}</tr></tfoot>
</table>
<div class="sign"><span>Date, employee</span><span>Date, employer</span></div>
</section>`;
}

function rowOf(row: DayRow, columns: readonly Column<DayRow>[]): string {
  const { punches, plannedMs, findings } = row.day;
  const quiet = punches.length === 0 && plannedMs === 0 && findings.length === 0;
  return `<tr${quiet ? ' class="quiet"' : ''}>${columns.map(({ of }) => cellOf(of(row))).join('')}</tr>`;
}

function cellOf(cell: Cell): string {
  if (typeof cell === 'string') return `<td>${escaped(cell)}</td>`;
  return `<td class="time">${cell.ms === 0 ? '' : hoursInWords(cell.ms)}</td>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] as string);
}
