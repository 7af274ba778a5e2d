import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { HubConfig } from '../config/schema.ts';
import { LimenError } from '../domain/errors.ts';
import { isThere } from '../runtime/is-there.ts';
import { defineAccount } from './hub-account.ts';
import { defineHubCommand } from './hub-command.ts';
import { defineCopy } from './hub-copy.ts';
import { defineKeys } from './hub-keys.ts';
import { defineProvision } from './hub-provision.ts';
import { defineResume } from './hub-resume.ts';
import { defineRules } from './hub-rules.ts';
import { print } from './output.ts';
import { untilInterrupted } from './signals.ts';

interface ConfigFlag {
  readonly config: string;
}

/** `limen hub`: the central side. */
export function define(program: Command): void {
  const hub = program
    .command('hub')
    .description('the central side: keys, terminals, publishing, collecting')
    .addHelpText('after', '\nExample:\n  limen hub init --config hub.yaml');
  const withConfig = (name: string) => hub.command(name).requiredOption('--config <file>', "the hub's YAML file");

  withConfig('init')
    .description("make the site's keys")
    .option('--certificates', 'a certificate authority as well, with certificates for the broker and for the hub')
    .option('--broker-host <name...>', 'with --certificates: every name and address under which the broker is reached')
    .addHelpText(
      'after',
      '\nExample:\n  limen hub init --config hub.yaml\n  limen hub init --certificates --broker-host broker.example 10.0.0.5 --config hub.yaml',
    )
    .action(init);
  withConfig('run')
    .description('publish the gallery and collect events, until Ctrl-C')
    .addHelpText('after', '\nExample:\n  limen hub run --config hub.yaml')
    .action(run);
  withConfig('forget-embedder')
    .argument('<embedder>', 'as `limen models list` and the hub name it')
    .description('after a change of pack: take the old templates from everybody, once no terminal uses them any more')
    .addHelpText('after', '\nExample:\n  limen hub forget-embedder faceapi-resnet34-128 --config hub.yaml')
    .action(forgetEmbedder);
  defineProvision(hub);
  defineKeys(hub);
  defineHubCommand(hub);
  defineRules(hub);
  defineAccount(hub);
  defineCopy(hub);
  defineResume(hub);
}

async function configOf(flags: ConfigFlag) {
  const { loadHubConfig } = await import('../config/load.ts');
  return loadHubConfig(flags.config);
}

async function init(
  flags: ConfigFlag & { readonly certificates?: true; readonly brokerHost?: string[] },
): Promise<void> {
  const config = await configOf(flags);
  const hosts = flags.brokerHost ?? [];
  if ((flags.certificates === true) !== hosts.length > 0) {
    throw new LimenError('usage.invalid', '--certificates and --broker-host go together.', {
      hint: 'For example: limen hub init --certificates --broker-host broker.example 10.0.0.5',
    });
  }
  const [{ createHubKeys }, { hubKeyFile, makeDataFolder }] = await Promise.all([
    import('../hub/hub-key-file.ts'),
    import('../hub-folder.ts'),
  ]);
  makeDataFolder(config.dataFolder);
  const hasKeys = isThere(hubKeyFile(config.dataFolder));
  // A site that has keys may still want certificates.
  if (!hasKeys || flags.certificates === undefined) {
    await createHubKeys(hubKeyFile(config.dataFolder));
    print(`Made the keys of the site ${config.site} in ${config.dataFolder}.`);
  }
  if (flags.certificates) await certificates(config, hosts);
  print('Keep a copy of that folder in a safe place: without these keys every terminal has to be set up again.');
  print(`Next: limen hub provision TERMINAL --config ${flags.config}`);
}

async function certificates({ dataFolder, site }: HubConfig, hosts: readonly string[]): Promise<void> {
  const { certificateFiles, certificateFolderIn, createCertificates } = await import('../hub/certificate-folder.ts');
  const folder = certificateFolderIn(dataFolder);
  await createCertificates(folder, { site, hosts, now: new Date() });
  const { ca, broker, brokerKey, revoked, hub, hubKey } = certificateFiles(folder);
  print(`For the broker: ${[ca, broker, brokerKey, revoked].join(', ')}; see docs/provisioning.md.`);
  print(`For the hub: broker.caFile ${ca}, broker.certFile ${hub}, broker.keyFile ${hubKey}`);
}

async function run(flags: ConfigFlag): Promise<void> {
  const config = await configOf(flags);
  const { serveHub } = await import('../serve-hub.ts');
  await untilInterrupted((signal) => serveHub(config, { signal, configFile: resolve(flags.config) }));
}

async function forgetEmbedder(embedder: string, flags: ConfigFlag): Promise<void> {
  const config = await configOf(flags);
  const { withHub } = await import('../serve-hub.ts');
  const people = await withHub(config, ({ hub }) => hub.forgetEmbedder(embedder), { changingEmbedder: true });
  print(`Took the templates of ${embedder} from ${people} ${people === 1 ? 'person' : 'people'}.`);
}
