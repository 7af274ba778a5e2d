import type { Command } from 'commander';
import { print, printJson } from './output.ts';

interface SettingsFlags {
  readonly config: string;
  readonly out?: string;
}

/** `limen lock`: what the lock process runs on where it is a service of its own. */
export function define(program: Command): void {
  const lock = program
    .command('lock')
    .description('the lock process as a service of its own')
    .addHelpText('after', '\nExample:\n  limen lock settings --config door.yaml');
  lock
    .command('settings')
    .description('write down what the lock process runs on')
    .option('--config <file>', "the terminal's YAML file", '/etc/limen/limen.yaml')
    .option('--out <file>', 'where to write it, readable by its group; standard output, if left out')
    .addHelpText(
      'after',
      `
Needs door.lockProcess: service. limen-lock.service does this before each start; by hand it shows what would be written.

Example:
  limen lock settings --config door.yaml
  limen lock settings --config door.yaml --out /run/limen-lock/settings.json`,
    )
    .action(settings);
}

async function settings({ config, out }: SettingsFlags): Promise<void> {
  const { lockSettingsOf } = await import('../lock-settings-of.ts');
  const wanted = lockSettingsOf(config);
  if (out === undefined) return printJson(wanted);
  const { writeDurable } = await import('../runtime/durable-file.ts');
  await writeDurable(out, `${JSON.stringify(wanted, null, 2)}\n`, { keepPrevious: false, mode: 0o640 });
  print(`The lock process's settings are in ${out}.`);
}
