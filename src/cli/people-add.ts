import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
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
  readonly json?: true;
}

/** `limen people add`: make somebody known, from pictures. */
export function defineAdd(people: Command): void {
  people
    .command('add')
    .argument('<id>', 'a staff number, for example; never reused')
    .argument('<pictures...>', 'pictures of the person, three or more if you can, each with exactly one face')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('enrol a person from pictures, and publish them to every terminal')
    .option('--name <name>', 'what the terminal shows')
    .option('--group <name...>', 'groups the person belongs to')
    .option('--valid-from <instant>', 'ISO 8601, for example 2026-12-01T00:00:00Z')
    .option('--valid-until <instant>', 'ISO 8601')
    .option('--force', 'enrol although somebody looks alike (a twin), or a picture seems to show somebody else')
    .option(
      '--again',
      'make new templates of somebody who is enrolled already: after a change of the pack, for example',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  limen people add 1001 ada-1.jpg ada-2.jpg ada-3.jpg --name Ada --config hub.yaml',
    )
    .action(add);
}

async function add(id: string, files: string[], flags: AddFlags): Promise<void> {
  const { name, group, validFrom, validUntil } = flags;
  if (name === undefined && flags.again === undefined) {
    throw new LimenError('usage.invalid', `${id} needs a name.`, {
      hint: 'For example: limen people add 1001 ada-1.jpg ada-2.jpg --name Ada --config hub.yaml',
    });
  }
  const [{ loadHubConfig }, { withHub }, { readPictures }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/pictures.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const pictures = readPictures(files);
  const { called, enrolled } = await withHub(
    config,
    async ({ hub, store }) => {
      const called = name ?? (await store.person(id))?.name ?? id;
      const enrolled = await hub.enrol({
        ...{ id, name: called, pictures, despiteDoubts: flags.force === true, again: flags.again === true },
        ...(group !== undefined && { groups: group }),
        ...(validFrom !== undefined && { validFrom }),
        ...(validUntil !== undefined && { validUntil }),
      });
      return { called, enrolled };
    },
    { changingEmbedder: flags.again === true },
  );
  if (flags.json) return printJson(enrolled);
  const { version, published, warnings } = enrolled;
  const from = `${files.length} ${files.length === 1 ? 'picture' : 'pictures'}`;
  print(`Enrolled ${called} (${id}) from ${from}, gallery version ${version}. ${whenPublished(published)}`);
  for (const warning of warnings) print(`  look: ${warning}`);
}
