import type { Command } from 'commander';
import type { Finding, Proposal } from '../attendance/finding.ts';
import { colours } from '../runtime/colours.ts';
import { asOfFrom, type OfficeFlags, periodFrom, withOffice } from './attendance-flags.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson } from './output.ts';

interface CheckFlags extends OfficeFlags {
  readonly from: string;
  readonly to: string;
  readonly person?: string;
  readonly asOf?: string;
  readonly json?: true;
}

/** `limen attendance check`: what somebody has to look at. */
export function defineCheck(attendance: Command): void {
  attendance
    .command('check')
    .requiredOption('--config <file>', "the hub's YAML file")
    .requiredOption('--from <day>', 'first day')
    .requiredOption('--to <day>', 'last day, included')
    .option('--person <id>', 'only this person')
    .option('--as-of <instant>', 'by what the books knew then')
    .option('--json', 'print JSON')
    .description('punches that do not fit together, each with what could be meant')
    .addHelpText(
      'after',
      `
Nothing is ever mended by itself. Ends with 0 when there is nothing to look at, with 1 when there is.

Example:
  limen attendance check --from 2026-03-01 --to 2026-03-31 --config hub.yaml`,
    )
    .action(check);
}

async function check(flags: CheckFlags): Promise<void> {
  const { person: personId, asOf } = flags;
  const query = { ...periodFrom(flags), personId, asOf: asOfFrom(asOf) };
  const findings: Finding[] = [];
  await withOffice(flags, async (office) => {
    for await (const { days } of office.report(query)) findings.push(...days.flatMap((day) => day.findings));
  });
  if (findings.length > 0) process.exitCode = exitCode.failed;
  if (flags.json) return printJson(findings);
  if (findings.length === 0) print('Nothing to look at.');
  showFindings(findings, { config: flags.config, whose: true });
}

/** Print findings, each with the commands that would mend it. */
export function showFindings(
  findings: readonly Finding[],
  { config, whose = false }: { readonly config: string; readonly whose?: boolean },
): void {
  for (const { kind, personId, day, says, proposals, about } of findings) {
    const head = whose ? `${day} ${personId}: ` : '';
    print(`${colours.yellow('!')} ${head}${says} ${colours.dim(`[${[kind, ...about].join(' ')}]`)}`);
    for (const proposal of proposals) print(`    ${proposal.says}: ${colours.dim(commandFor(proposal, config))}`);
  }
}

function commandFor({ entry }: Proposal, config: string): string {
  const rest = `--reason "…" --config ${config}`;
  if (entry.kind === 'void') return `limen attendance void ${entry.punch} ${rest}`;
  if (entry.kind === 'move') return `limen attendance move ${entry.punch} ${entry.at} ${rest}`;
  if (entry.kind === 'add')
    return `limen attendance add ${entry.personId} ${entry.code} ${entry.at} --site ${entry.site} ${rest}`;
  if (entry.kind === 'leave')
    return `limen attendance leave ${entry.personId} ${entry.from} ${entry.to} --as ${entry.leave} ${rest}`;
  if (entry.kind === 'reverse') return `limen attendance reverse ${entry.entry} ${rest}`;
  return '';
}
