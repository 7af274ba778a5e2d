import type { Command } from 'commander';
import pc from 'picocolors';
import type { Finding } from '../doctor/finding.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson } from './output.ts';

interface DoctorFlags {
  readonly config?: string;
  readonly json?: true;
}

const mark = { ok: pc.green('✔'), warn: pc.yellow('!'), fail: pc.red('✘') } as const;

/** `limen doctor`: what is missing here, and the mend. */
export function define(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and a configuration, and say what is missing and how to mend it')
    .option('--config <file>', "a terminal's YAML file: check what it needs, too")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen doctor --config door.yaml')
    .action(async (flags: DoctorFlags) => {
      const { examine } = await import('../doctor/examine.ts');
      const findings = await examine(flags.config);
      if (flags.json) printJson(findings);
      else findings.forEach(show);
      if (findings.some((finding) => finding.level === 'fail')) process.exitCode = exitCode.unavailable;
    });
}

function show({ level, about, says, mend }: Finding): void {
  print(`${mark[level]} ${pc.bold(about.padEnd(12))} ${says}`);
  if (mend !== null && level !== 'ok') print(`  ${' '.repeat(12)} ${pc.dim('mend:')} ${mend}`);
}
