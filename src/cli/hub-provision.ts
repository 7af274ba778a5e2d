import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import type { BrokerAccessRequest } from '../hub-broker-access.ts';
import { print } from './output.ts';

interface ProvisionFlags extends Omit<BrokerAccessRequest, 'terminal' | 'days'> {
  readonly config: string;
  readonly out?: string;
  readonly days?: string;
  readonly replace?: true;
}

/** `limen hub provision`, and `limen hub certificate`: what terminals and brokers are set up with. */
export function defineProvision(hub: Command): void {
  hub
    .command('provision')
    .argument('<terminal>', 'name of the terminal')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--out <file>', 'where to write it (default: TERMINAL.limen)')
    .option('--broker <url>', "address of the broker as the terminal sees it (default: the hub's own)")
    .option('--ca <file>', "certificate authority of the broker (default: the hub's own)")
    .option('--username <name>', 'account of the terminal at the broker; needs --password-file')
    .option('--password-file <file>', 'a file that only you may read')
    .option('--cert <file>', 'client certificate of the terminal; needs --key')
    .option('--key <file>', 'its key; a file that only you may read')
    .option('--make-certificate', 'issue one with the authority of `limen hub init --certificates`')
    .option('--days <number>', 'how long that one is good for (default: 825)')
    .option('--replace', 'make new keys for one that was provisioned or revoked before')
    .description('write the one file that a terminal is set up with: keys, broker, certificates')
    .addHelpText(
      'after',
      `
The file holds secrets: carry it over a safe way, put it into place there with \`limen provision\`, and delete it.

Example:
  limen hub provision front-door --config hub.yaml`,
    )
    .action(provision);
  hub
    .command('certificate')
    .argument('<host...>', 'every name and address under which the broker is reached')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--days <number>', 'how long it is good for (default: 825)')
    .description('renew the certificate of the broker')
    .addHelpText('after', '\nExample:\n  limen hub certificate broker.example 10.0.0.5 --config hub.yaml')
    .action(certificate);
}

async function provision(terminal: string, flags: ProvisionFlags): Promise<void> {
  const [{ loadHubConfig }, { withHub }, { provisionFile }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub-provisioner.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const out = flags.out ?? `${terminal}.limen`;
  const { brokerFor } = await import('../hub-broker-access.ts');
  const days = daysOf(flags.days);
  const published = await withHub(
    config,
    async (daemon) => {
      const broker = await brokerFor(config, { ...flags, terminal, days });
      await provisionFile(daemon, { terminal, broker, out, replace: flags.replace === true });
      return daemon.hub.keys.publish().then(
        () => true,
        () => false,
      );
    },
    { changingEmbedder: true },
  );
  print(`Wrote ${out}: the keys of ${terminal}, and how it reaches the broker. It holds secrets.`);
  if (!published) print('Other terminals hear of it when the hub runs.');
  print(`Bring it to the terminal, and there: limen provision ${out.split('/').at(-1)} --config FILE`);
}

async function certificate(hosts: string[], flags: Pick<ProvisionFlags, 'config' | 'days'>): Promise<void> {
  const [{ loadHubConfig }, { certificateFiles, certificateFolderIn, renewBroker }] = await Promise.all([
    import('../config/load.ts'),
    import('../hub/certificate-folder.ts'),
  ]);
  const folder = certificateFolderIn(loadHubConfig(flags.config).dataFolder);
  await renewBroker(folder, { hosts, now: new Date(), days: daysOf(flags.days) });
  const { broker, brokerKey } = certificateFiles(folder);
  print(`Wrote ${broker} and ${brokerKey}. Bring them to the broker, and let it read them again.`);
}

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new LimenError('usage.invalid', `--days ${text} is not a number of days.`, { hint: 'Use 1 to 3650.' });
}
