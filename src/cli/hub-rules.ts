import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import { print, printJson } from './output.ts';
import { whenPublished } from './published.ts';

interface RulesFlags {
  readonly config: string;
  readonly json?: true;
}

/** `limen hub rules`: who may pass which terminals of the site, and when. */
export function defineRules(hub: Command): void {
  const rules = hub
    .command('rules')
    .description('who may pass which terminals, and when')
    .addHelpText('after', '\nExample:\n  limen hub rules show --config hub.yaml');
  rules
    .command('set')
    .argument('<file>', 'YAML: the keys of a terminal\'s section "access", without that word')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('publish rules for every terminal, in place of those before')
    .addHelpText(
      'after',
      `
The file is the whole set: what is not in it is no rule of the hub any more. A terminal whose own file contradicts it
refuses it, says so (access.rules-refused), and forbids what either of the two forbids.

Example:
  limen hub rules set rules.yaml --config hub.yaml`,
    )
    .action(set);
  rules
    .command('show')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--json', 'print JSON')
    .description('print the rules in force, as `set` reads them')
    .addHelpText('after', '\nExample:\n  limen hub rules show --config hub.yaml > rules.yaml')
    .action(show);
}

async function open(config: string) {
  const [{ loadHubConfig }, { withHub }] = await Promise.all([import('../config/load.ts'), import('../serve-hub.ts')]);
  return { config: loadHubConfig(config), withHub };
}

async function set(file: string, flags: RulesFlags): Promise<void> {
  const rules = await rulesIn(file);
  const { config, withHub } = await open(flags.config);
  const { version, published } = await withHub(config, ({ hub }) => hub.setRules(rules));
  print(`Rules of version ${version} are set. ${whenPublished(published)}`);
}

async function show(flags: RulesFlags): Promise<void> {
  const { config, withHub } = await open(flags.config);
  const rules = await withHub(config, ({ hub }) => hub.rules());
  if (flags.json) {
    printJson(rules);
    return;
  }
  if (rules === null) {
    print('# The hub has no rules: what each terminal says itself is all there is.');
    return;
  }
  const { stringify } = await import('yaml');
  print(`# Version ${rules.version}, set ${rules.setAt}`);
  print(stringify(rules.rules).trimEnd());
}

/** @throws LimenError `access.rules-invalid`: nothing is published then. */
async function rulesIn(file: string): Promise<object> {
  const [{ parse }, { readRules }] = await Promise.all([import('yaml'), import('../guard/hub-rules.ts')]);
  try {
    return readRules(parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }));
  } catch (cause) {
    throw new LimenError('access.rules-invalid', `${file}: ${isLimenError(cause) ? cause.message : messageOf(cause)}`, {
      hint: 'docs/access.md has every rule with an example. Nothing was published.',
      cause,
    });
  }
}
