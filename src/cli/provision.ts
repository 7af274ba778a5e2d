import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
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
    .option('--replace', 'even where another terminal was, a newer file, or another hub')
    .description('set this terminal up with the file of its hub: keys, broker, certificates')
    .addHelpText(
      'after',
      `
With --replace, a file of another hub puts aside what is here of the hub before: gallery, rules, list of terminals.

Example:
  limen provision front-door.limen --config /etc/limen/limen.yaml`,
    )
    .action(provision);
}

async function provision(file: string, flags: ProvisionFlags): Promise<void> {
  const [{ loadTerminalConfig }, { installProvisioning, provisionedFileIn }] = await Promise.all([
    import('../config/load.ts'),
    import('../sync/provisioned-file.ts'),
  ]);
  const config = loadTerminalConfig(flags.config);
  const replace = flags.replace === true;
  const leaveHub = () => (replace ? putAside(config.dataFolder) : Promise.reject(ofAnotherHub(file)));
  const installed = await installProvisioning(file, config, { replace, leaveHub });
  const who = `${config.terminal} of ${config.site}`;
  if (installed === 'already there')
    return print(`This terminal is ${who} by that very file already; nothing was changed.`);
  print(`This terminal is ${who} now (${provisionedFileIn(config.dataFolder)}).`);
  print(
    `Delete ${file}: it holds secrets. A daemon that runs takes the new keys with its next connection; restart it to be sure.`,
  );
}

async function putAside(dataFolder: string): Promise<void> {
  const { setFormerHubAside } = await import('../former-hub.ts');
  const { folder, files } = await setFormerHubAside(dataFolder, new Date());
  if (folder === null) return;
  print('This is the file of another hub. What was here of the hub before is kept, and not used any more:');
  for (const name of files) print(`  ${name}`);
  print(`It lies in ${folder}; it is people, so delete it when the new hub has sent everyone.`);
}

function ofAnotherHub(file: string): LimenError {
  return new LimenError('provisioning.mismatch', `${file} is of another hub than the one this terminal has had.`, {
    hint: 'Where that is meant (the former hub is gone for good, or this terminal has missed two changes of its key), stop the daemon and say --replace: gallery and rules are put aside then, and the hub sends its own.',
  });
}
