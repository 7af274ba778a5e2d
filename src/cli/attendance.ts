import type { Command } from 'commander';
import type { Attendance } from '../attendance/attendance.ts';
import { LimenError } from '../domain/errors.ts';
import { defineCheck } from './attendance-check.ts';
import { defineEntries } from './attendance-entries.ts';
import { defineExplain } from './attendance-explain.ts';
import { asOfFrom, type OfficeFlags, periodFrom, withOffice } from './attendance-flags.ts';
import { definePlan } from './attendance-plan.ts';
import { definePush } from './attendance-push.ts';
import { print, printJson, table } from './output.ts';

interface ReportFlags extends OfficeFlags {
  readonly from: string;
  readonly to: string;
  readonly person?: string;
  readonly group?: string;
  readonly site?: string;
  readonly asOf?: string;
  readonly format: string;
}

/** `limen attendance`: who worked when, derived from the punches. */
export function define(program: Command): void {
  const attendance = program
    .command('attendance')
    .description('who worked when, derived from the punches')
    .addHelpText('after', '\nExample:\n  limen attendance --from 2026-03-01 --to 2026-03-31 --config hub.yaml');
  attendance
    .command('report', { isDefault: true })
    .description('the days of one person, or the sums of several; what `limen attendance` does without another word')
    .requiredOption('--config <file>', "the hub's YAML file")
    .requiredOption('--from <day>', 'first day, 2026-03-01')
    .requiredOption('--to <day>', 'last day, included')
    .option('--person <id>', 'only this person')
    .option('--group <name>', 'only people of this group')
    .option('--site <name>', 'only people of this site')
    .option('--as-of <instant>', 'by what the books knew then, for example 2026-04-01T00:00Z')
    .option('--format <format>', 'table, csv, xlsx, json or html', 'table')
    .addHelpText(
      'after',
      `
A workbook goes to standard output like everything else.

Example:
  limen attendance report --from 2026-03-01 --to 2026-03-31 --config hub.yaml
  limen attendance report --from 2026-03-01 --to 2026-03-31 --config hub.yaml --format xlsx > march.xlsx`,
    )
    .action(report);
  definePlan(attendance);
  defineExplain(attendance);
  defineCheck(attendance);
  defineEntries(attendance);
  definePush(attendance);
}

const formats = ['table', 'csv', 'xlsx', 'json', 'html'] as const;

async function report(flags: ReportFlags): Promise<void> {
  const { format, person: personId, group, site, asOf } = flags;
  if (!formats.some((known) => known === format)) {
    throw new LimenError('usage.invalid', `--format ${format} is not known.`, { hint: `Use ${formats.join(', ')}.` });
  }
  const period = periodFrom(flags);
  const query = { ...period, personId, group, site, asOf: asOfFrom(asOf) };
  const all: Attendance[] = [];
  await withOffice(flags, async (office) => {
    for await (const attendance of office.report(query)) all.push(attendance);
  });
  await show(all, { format: format as (typeof formats)[number], period, byDay: personId !== undefined });
}

async function show(
  all: readonly Attendance[],
  { format, period, byDay }: { format: (typeof formats)[number]; period: { from: string; to: string }; byDay: boolean },
): Promise<void> {
  if (format === 'json') {
    const { attendanceJson } = await import('../attendance/report/json.ts');
    return printJson({ ...period, people: all.map(attendanceJson) });
  }
  if (format === 'csv') {
    const { attendanceCsv } = await import('../attendance/report/csv.ts');
    process.stdout.write(attendanceCsv(all));
    return;
  }
  if (format === 'html') {
    const { attendanceHtml } = await import('../attendance/report/html.ts');
    process.stdout.write(attendanceHtml(all, period));
    return;
  }
  if (format === 'xlsx') {
    const { attendanceXlsx } = await import('../attendance/report/xlsx.ts');
    process.stdout.write(await attendanceXlsx(all));
    return;
  }
  for (const line of table(await rowsOf(all, byDay))) print(line);
}

async function rowsOf(all: readonly Attendance[], byDay: boolean): Promise<string[][]> {
  const [{ dayColumns, dayRows, personColumns, tiersOf }, { hoursInWords }, { colours }] = await Promise.all([
    import('../attendance/report/columns.ts'),
    import('../attendance/wall-clock.ts'),
    import('../runtime/colours.ts'),
  ]);
  const tiers = tiersOf(all);
  const words = (cell: string | { readonly ms: number }) =>
    typeof cell === 'string' ? cell : cell.ms === 0 ? '' : hoursInWords(cell.ms).padStart(6);
  const header = (columns: readonly { readonly title: string }[]) => columns.map(({ title }) => colours.bold(title));
  if (!byDay) {
    const columns = personColumns(tiers);
    return [header(columns), ...all.map((one) => columns.map(({ of }) => words(of(one))))];
  }
  const columns = dayColumns(tiers).filter(({ key }) => key !== 'person' && key !== 'name');
  return [header(columns), ...dayRows(all).map((row) => columns.map(({ of }) => words(of(row))))];
}
