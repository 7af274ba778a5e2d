import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { commandTimeoutMs } from './command-timeout.ts';
import { print, printJson } from './output.ts';
import { whenPublished } from './published.ts';

interface AddFlags {
  readonly config: string;
  readonly name?: string;
  readonly group?: string[];
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly force?: true;
  readonly again?: true;
  readonly from?: string;
  readonly consent?: true;
  readonly timeout: string;
  readonly json?: true;
}

/** `limen people add`: make somebody known, from pictures or from a terminal's camera. */
export function defineAdd(people: Command): void {
  people
    .command('add')
    .argument('<id>', 'a staff number, for example; never reused')
    .argument('[pictures...]', 'pictures of the person, three or more if you can, each with exactly one face')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description("enrol a person, from pictures or at a terminal's camera, and publish them to every terminal")
    .option('--name <name>', 'what the terminal shows')
    .option('--group <name...>', 'groups the person belongs to')
    .option('--valid-from <instant>', 'ISO 8601, for example 2026-12-01T00:00:00Z')
    .option('--valid-until <instant>', 'ISO 8601')
    .option('--from <terminal>', "instead of pictures: from that terminal's own camera, before which the person stands")
    .option('--consent', 'with --from: the person agreed to it')
    .option('--timeout <time>', 'with --from: how long the person may take', '1m')
    .option('--force', 'enrol although somebody looks alike (a twin), or a picture seems to show somebody else')
    .option(
      '--again',
      'make new templates of somebody who is enrolled already: after a change of the pack, for example',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  limen people add 1001 ada-1.jpg ada-2.jpg ada-3.jpg --name Ada --config hub.yaml\n' +
        '  limen people add 1001 --from front-door --consent --name Ada --config hub.yaml',
    )
    .action(add);
}

async function add(id: string, files: string[], flags: AddFlags): Promise<void> {
  const { name, from } = flags;
  if (name === undefined && flags.again === undefined) {
    throw new LimenError('usage.invalid', `${id} needs a name.`, {
      hint: 'For example: limen people add 1001 ada-1.jpg ada-2.jpg --name Ada --config hub.yaml',
    });
  }
  if ((from === undefined) === (files.length === 0)) {
    throw new LimenError('usage.invalid', `${id} is enrolled from pictures, or with --from at a terminal.`, {
      hint: 'For example: limen people add 1001 --from front-door --consent --name Ada --config hub.yaml',
    });
  }
  const { called, enrolled, source } =
    from === undefined ? await addFromPictures(id, files, flags) : await addFromTerminal(id, from, flags);
  if (flags.json) return printJson(enrolled);
  const { version, published, warnings } = enrolled;
  print(`Enrolled ${called} (${id}) from ${source}, gallery version ${version}. ${whenPublished(published)}`);
  for (const warning of warnings) print(`  look: ${warning}`);
}

async function addFromPictures(id: string, files: string[], flags: AddFlags) {
  const [{ loadHubConfig }, { withHub }, { readPictures }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/pictures.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const pictures = readPictures(files);
  const source = `${files.length} ${files.length === 1 ? 'picture' : 'pictures'}`;
  return withHub(
    config,
    async ({ hub, store }) => {
      const called = flags.name ?? (await store.person(id))?.name ?? id;
      return { called, source, enrolled: await hub.enrol({ ...whoOf(flags), id, name: called, pictures }) };
    },
    { changingEmbedder: flags.again === true },
  );
}

async function addFromTerminal(id: string, terminal: string, flags: AddFlags) {
  if (!idPattern.test(terminal))
    throw new LimenError('usage.invalid', `${JSON.stringify(terminal)} cannot be the name of a terminal.`);
  const timeoutMs = commandTimeoutMs(flags.timeout);
  const [{ loadHubConfig }, { withHub }, { commandTerminals }, { enrolFromTerminal }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub-commander.ts'),
    import('../hub/enrol-from-terminal.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  return withHub(
    config,
    async ({ hub, store }) => {
      const called = flags.name ?? (await store.person(id))?.name ?? id;
      const { captured, ...enrolled } = await enrolFromTerminal(
        { hub, command: (request) => commandTerminals(config, request) },
        { ...whoOf(flags), id, name: called, terminal, consent: flags.consent === true, timeoutMs },
      );
      return { called, source: `${captured} looks of ${terminal}`, enrolled };
    },
    { changingEmbedder: flags.again === true },
  );
}

/** What is said about somebody besides id and name. */
function whoOf({ group, validFrom, validUntil, force, again }: AddFlags) {
  return {
    ...(group !== undefined && { groups: group }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    despiteDoubts: force === true,
    again: again === true,
  };
}
