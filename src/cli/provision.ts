import type { Command } from 'commander';
import { print } from './output.ts';

interface ProvisionFlags {
  readonly config: string;
  readonly replace?: true;
}

/** `limen provision`: make this terminal one of its site's. */
export function define(program: Command): void {
  program
    .command('provision')
    .argument('<file>', 'the file that `limen hub provision` wrote')
    .requiredOption('--config <file>', "the terminal's YAML file")
    .option('--replace', 'even where another terminal was, or a newer file')
    .description('set this terminal up with the file of its hub: keys, broker, certificates')
    .addHelpText('after', '\nExample:\n  limen provision front-door.limen --config /etc/limen/limen.yaml')
    .action(provision);
}

async function provision(file: string, flags: ProvisionFlags): Promise<void> {
  const [{ loadTerminalConfig }, { installProvisioning, provisionedFileIn }] = await Promise.all([
    import('../config/load.ts'),
    import('../sync/provisioned-file.ts'),
  ]);
  const config = loadTerminalConfig(flags.config);
  const installed = await installProvisioning(file, config, { replace: flags.replace === true });
  const who = `${config.terminal} of ${config.site}`;
  if (installed === 'already there')
    return print(`This terminal is ${who} by that very file already; nothing was changed.`);
  print(`This terminal is ${who} now (${provisionedFileIn(config.dataFolder)}).`);
  print(
    `Delete ${file}: it holds secrets. A daemon that runs takes the new keys with its next connection; restart it to be sure.`,
  );
}
