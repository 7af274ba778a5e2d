import type { Command } from 'commander';
import { fileFormats } from '../attendance/report/file-format.ts';
import { LimenError } from '../domain/errors.ts';
import { defineCheck } from './attendance-check.ts';
import { defineEntries } from './attendance-entries.ts';
import { defineExplain } from './attendance-explain.ts';
import { asOfFrom, type OfficeFlags, periodFrom, withOffice } from './attendance-flags.ts';
import { definePlan } from './attendance-plan.ts';
import { definePush } from './attendance-push.ts';

interface ReportFlags extends OfficeFlags {
  readonly from: string;
  readonly to: string;
  readonly person?: string;
  readonly group?: string;
  readonly site?: string;
  readonly asOf?: string;
  readonly format: string;
  readonly out?: string;
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
    .option('--out <file>', 'write it there, as a whole or not at all; standard output, if left out')
    .addHelpText(
      'after',
      `
Whatever goes wrong, there is no half of a file: nothing is written before all of it is counted.

Example:
  limen attendance report --from 2026-03-01 --to 2026-03-31 --config hub.yaml
  limen attendance report --from 2026-03-01 --to 2026-03-31 --config hub.yaml --format xlsx --out march.xlsx`,
    )
    .action(report);
  definePlan(attendance);
  defineExplain(attendance);
  defineCheck(attendance);
  defineEntries(attendance);
  definePush(attendance);
}

const formats = ['table', ...fileFormats] as const;

async function report(flags: ReportFlags): Promise<void> {
  const { person: personId, group, site, out } = flags;
  const format = formats.find((known) => known === flags.format);
  if (format === undefined) {
    throw new LimenError('usage.invalid', `--format ${flags.format} is not known.`, {
      hint: `Use ${formats.join(', ')}.`,
    });
  }
  if (format === 'table' && out !== undefined) {
    throw new LimenError('usage.invalid', 'A table is for the screen, and goes into no file.', {
      hint: `Say --format ${fileFormats.join(', ')}.`,
    });
  }
  const period = periodFrom(flags);
  const asOf = asOfFrom(flags.asOf);
  const query = { ...period, personId, group, site, asOf };
  await withOffice(flags, async (office) => {
    const plans = await office.plans(asOf);
    const asked = office.report(query);
    if (format === 'table') {
      const { showTable } = await import('./attendance-table.ts');
      return showTable(asked, { plans, period, byDay: personId !== undefined });
    }
    const { attendanceFile } = await import('../attendance/report/file.ts');
    const pieces = attendanceFile(asked, { format, period, plans });
    const { spooled, writeWhole } = await import('../runtime/spool.ts');
    if (out !== undefined) return writeWhole(out, pieces);
    const { pipeline } = await import('node:stream/promises');
    await pipeline(await spooled(pieces), process.stdout, { end: false });
  });
}
