import type { Command } from 'commander';
import type { Attendance, AttendanceDay } from '../attendance/attendance.ts';
import { instantOf } from '../attendance/facts.ts';
import type { LedgerPunch } from '../attendance/ledger.ts';
import { proofInWords } from '../attendance/proof.ts';
import { clockAt, dateAt, hoursInWords } from '../attendance/wall-clock.ts';
import { colours } from '../runtime/colours.ts';
import { showFindings } from './attendance-check.ts';
import { asOfFrom, dayFrom, type OfficeFlags, withOffice } from './attendance-flags.ts';
import { print, printJson, table } from './output.ts';

interface ExplainFlags extends OfficeFlags {
  readonly asOf?: string;
  readonly json?: true;
}

/** `limen attendance explain`: why a day comes out as it does. */
export function defineExplain(attendance: Command): void {
  attendance
    .command('explain')
    .argument('<person>', 'id of the person')
    .argument('<day>', 'the day, 2026-03-02')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--as-of <instant>', 'by what the books knew then')
    .option('--json', 'print JSON')
    .description('which punches, which rules, what arithmetic')
    .addHelpText('after', '\nExample:\n  limen attendance explain 1001 2026-03-02 --config hub.yaml')
    .action(explain);
}

async function explain(person: string, day: string, flags: ExplainFlags): Promise<void> {
  const date = dayFrom('DAY', day);
  const steps: string[] = [];
  const onStep = (_: string, of: string, line: string) => {
    if (of === date) steps.push(line);
  };
  const query = { from: date, to: date, personId: person, asOf: asOfFrom(flags.asOf), onStep };
  const found: Attendance[] = [];
  await withOffice(flags, async (office) => {
    for await (const attendance of office.report(query)) found.push(attendance);
  });
  // A report of one person and one day has exactly that.
  const attendance = found[0] as Attendance;
  const counted = attendance.days[0] as AttendanceDay;
  if (flags.json) {
    const { personJson } = await import('../attendance/report/json.ts');
    return printJson({ ...personJson(attendance), steps });
  }
  show(attendance, counted, { steps, config: flags.config });
}

function show(
  { worker, terms }: Attendance,
  day: AttendanceDay,
  { steps, config }: { readonly steps: readonly string[]; readonly config: string },
): void {
  const { timeZone } = terms.site;
  print(`${colours.bold(`${worker.name} (${worker.id})`)}, ${day.date}, ${timeZone}`);
  print();
  for (const line of table(day.punches.map((punch) => punchRow(punch, day.date, timeZone)))) print(`  ${line}`);
  if (day.punches.length === 0) print('  No punches.');
  print();
  for (const step of steps) print(`  ${step}`);
  for (const [tier, ms] of Object.entries(day.overtime)) print(`  of which ${tier}: ${hoursInWords(ms)}`);
  if (day.unapprovedOvertimeMs > 0)
    print(`  overtime that waits for approval: ${hoursInWords(day.unapprovedOvertimeMs)}`);
  if (day.findings.length > 0) print();
  showFindings(day.findings, { config });
}

/** A punch with both of its times, where they differ, and who changed it. */
function punchRow(punch: LedgerPunch, date: string, timeZone: string): string[] {
  const { id, code, work, at, corrected, terminal, clock, changedBy } = punch;
  const ms = instantOf(punch);
  const on = dateAt(ms, timeZone);
  const when = `${on === date ? '' : `${on} `}${clockAt(ms, timeZone)}`;
  const why = corrected === undefined ? '' : colours.dim(`recorded ${at}: ${corrected.reason}`);
  const who = changedBy
    .map(({ id: entry, author, reason }) => colours.dim(`${author}: ${reason} [${entry}]`))
    .join('; ');
  const trust = clock === 'unsynced' && corrected === undefined ? colours.yellow('clock not set') : '';
  const refused = proofInWords(punch);
  const proof = punch.afterRefusal === undefined ? refused : colours.yellow(refused);
  return [code.toUpperCase(), when, work ?? '', terminal ?? 'office', colours.dim(id), proof, trust, why, who];
}
