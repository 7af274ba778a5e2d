import type { Command } from 'commander';
import { defineHubCommand } from './hub-command.ts';
import { defineCopy } from './hub-copy.ts';
import { defineErase } from './hub-erase.ts';
import { definePerson } from './hub-person.ts';
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
    .addHelpText('after', '\nExample:\n  limen hub init --config hub.yaml')
    .action(init);
  withConfig('run')
    .description('publish the gallery and collect events, until Ctrl-C')
    .addHelpText('after', '\nExample:\n  limen hub run --config hub.yaml')
    .action(run);
  withConfig('provision')
    .argument('<terminal>', 'name of the terminal')
    .requiredOption('--out <folder>', 'where to put its keys')
    .description('write what a terminal needs to know: the site key and the public key of the hub')
    .addHelpText('after', '\nExample:\n  limen hub provision front-door --config hub.yaml --out keys')
    .action(provision);
  defineErase(hub);
  withConfig('forget-embedder')
    .argument('<embedder>', 'as `limen models list` and the hub name it')
    .description('after a change of pack: take the old templates from everybody, once no terminal uses them any more')
    .addHelpText('after', '\nExample:\n  limen hub forget-embedder faceapi-resnet34-128 --config hub.yaml')
    .action(forgetEmbedder);
  defineHubCommand(hub);
  definePerson(hub);
  defineRules(hub);
  defineCopy(hub);
}

async function configOf(flags: ConfigFlag) {
  const { loadHubConfig } = await import('../config/load.ts');
  return loadHubConfig(flags.config);
}

async function init(flags: ConfigFlag): Promise<void> {
  const config = await configOf(flags);
  const [{ createKeys }, { hubKeyFiles, makeDataFolder }] = await Promise.all([
    import('../sync/keys.ts'),
    import('../hub-daemon.ts'),
  ]);
  makeDataFolder(config.dataFolder);
  const files = hubKeyFiles(config.dataFolder);
  await createKeys(files);
  print(`Made the keys of the site ${config.site} in ${config.dataFolder}.`);
  print('Keep a copy of that folder in a safe place: without these keys every terminal has to be set up again.');
  print(`Next: limen hub provision TERMINAL --config ${flags.config} --out FOLDER`);
}

async function run(flags: ConfigFlag): Promise<void> {
  const config = await configOf(flags);
  const { serveHub } = await import('../serve-hub.ts');
  await untilInterrupted((signal) => serveHub(config, signal));
}

async function provision(terminal: string, flags: ConfigFlag & { readonly out: string }): Promise<void> {
  const config = await configOf(flags);
  const { provisionTerminal } = await import('../hub/provision.ts');
  const { hubKeyFiles } = await import('../hub-daemon.ts');
  const files = provisionTerminal({ terminal, keys: hubKeyFiles(config.dataFolder), folder: flags.out });
  print(`Wrote ${files.siteKeyFile} and ${files.hubPublicKeyFile}. Bring them to the terminal over a safe way.`);
  print("In the terminal's YAML file:\n");
  print(`site: ${config.site}\nterminal: ${terminal}\nkeys:`);
  print(`  siteKeyFile: ${files.siteKeyFile}\n  hubPublicKeyFile: ${files.hubPublicKeyFile}`);
}

async function forgetEmbedder(embedder: string, flags: ConfigFlag): Promise<void> {
  const config = await configOf(flags);
  const { withHub } = await import('../serve-hub.ts');
  const people = await withHub(config, ({ hub }) => hub.forgetEmbedder(embedder), { changingEmbedder: true });
  print(`Took the templates of ${embedder} from ${people} ${people === 1 ? 'person' : 'people'}.`);
}
