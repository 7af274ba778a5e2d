import type { Command } from 'commander';
import type { PushReport } from '../hub/payroll-export.ts';
import { colours } from '../runtime/colours.ts';
import type { OfficeFlags } from './attendance-flags.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson, table } from './output.ts';
import { untilInterrupted } from './signals.ts';

interface PushFlags extends OfficeFlags {
  readonly target?: string;
  readonly again?: true;
  readonly json?: true;
}

/** `limen attendance push`: tell payrolls what they do not know yet. */
export function definePush(attendance: Command): void {
  attendance
    .command('push')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('tell payrolls every punch and correction they do not know yet; a running hub does it by itself')
    .option('--target <name>', 'only this payroll')
    .option('--again', 'tell again now what was refused before')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Saying it twice tells nothing twice: the books know how far each payroll is.

Example:
  limen attendance push --config hub.yaml
  limen attendance push --target erp --again --config hub.yaml

Exit code: 0 everything is told, 65 something is refused, 75 a payroll cannot be reached, 77 it turns limen away.`,
    )
    .action(push);
}

async function push(flags: PushFlags): Promise<void> {
  const [{ loadHubConfig }, { withBooks }, { pushToPayrolls }] = await Promise.all([
    import('../config/load.ts'),
    import('../with-books.ts'),
    import('../payroll-desk.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const { target, again = false } = flags;
  const reports = await untilInterrupted((signal) =>
    withBooks(config, (books) => pushToPayrolls(config, books, { target, again, signal })),
  );
  if (flags.json) printJson(reports);
  else reports.forEach(show);
  const worst = reports.map(codeOf).find((code) => code !== exitCode.ok);
  if (worst !== undefined) process.exitCode = worst;
}

function codeOf({ stopped, refused }: PushReport): number {
  if (stopped !== null) return stopped.code === 'payroll.denied' ? exitCode.noPermission : exitCode.tryAgain;
  return refused.length > 0 ? exitCode.data : exitCode.ok;
}

function show({ target, taken, refused, looks, stopped }: PushReport): void {
  print(`${colours.bold(target)}: ${taken} told${refused.length > 0 ? `, ${refused.length} refused` : ''}.`);
  for (const look of looks) print(`  ${colours.yellow('look:')} ${look}`);
  for (const row of table(refused.map(({ item, personId, why }) => [item, personId, why]))) print(`  ${row}`);
  if (stopped !== null)
    print(
      `  ${colours.red('not everything')}: ${stopped.why} ${colours.dim(`[${stopped.code}]`)}; the rest is told later.`,
    );
}
