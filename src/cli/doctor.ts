import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.ts';
import { LimenError } from '../domain/errors.ts';
import { colours } from '../runtime/colours.ts';
import { exitCode, exitCodeOf } from './exit-codes.ts';
import { print, printJson } from './output.ts';

interface DoctorFlags {
  readonly config?: string;
  readonly json?: true;
  readonly clickRelay?: true;
  readonly yes?: true;
}

const mark = { ok: colours.green('✔'), warn: colours.yellow('!'), fail: colours.red('✘') } as const;

/** `limen doctor`: what is missing here, and the mend. */
export function define(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and a configuration, and say what is missing and how to mend it')
    .option('--config <file>', "a terminal's or the hub's YAML file: check what it needs, too")
    .option('--json', 'print JSON')
    .option('--click-relay', 'instead, release the lock of the configuration for a second; THE DOOR IS OPEN MEANWHILE')
    .option('--yes', 'with --click-relay: do not ask')
    .addHelpText(
      'after',
      '\nExample:\n  limen doctor --config door.yaml\n  limen doctor --config door.yaml --click-relay',
    )
    .action(async (flags: DoctorFlags) => {
      if (flags.clickRelay) {
        const { clickConfiguredRelay } = await import('./click-relay.ts');
        await clickConfiguredRelay(flags.config, { yes: flags.yes === true });
        return;
      }
      const { examine } = await import('../doctor/examine.ts');
      const findings = await examine(flags.config);
      if (flags.json) printJson(findings);
      else findings.forEach(show);
      process.exitCode = endOf(findings);
    });
}

/** 78 when the configuration or a key it names is wrong, 69 when something else is missing, 0 when nothing is. */
function endOf(findings: readonly Finding[]): number {
  const failed = findings.filter(({ level }) => level === 'fail');
  if (failed.length === 0) return exitCode.ok;
  const ofConfig = failed.some(({ code }) => code !== null && exitCodeOf(new LimenError(code, '')) === exitCode.config);
  return ofConfig ? exitCode.config : exitCode.unavailable;
}

function show({ level, about, says, mend }: Finding): void {
  const indent = ' '.repeat(15);
  // A configuration with several mistakes says one per line.
  print(`${mark[level]} ${colours.bold(about.padEnd(12))} ${says.replaceAll('\n', `\n${indent}`)}`);
  if (mend !== null && level !== 'ok') print(`${indent}${colours.dim('mend:')} ${mend}`);
}
