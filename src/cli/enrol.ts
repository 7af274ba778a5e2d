import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { exitCode } from './exit-codes.ts';
import { print, printError } from './output.ts';
import { whenPublished } from './published.ts';

interface EnrolFlags {
  readonly config: string;
  readonly id?: string;
  readonly name?: string;
  readonly folder?: string;
  readonly group?: string[];
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly force?: true;
  readonly again?: true;
}

/** `limen enrol`: make somebody known, from pictures. */
export function define(program: Command): void {
  program
    .command('enrol')
    .description('enrol a person from pictures, or a folder of people, and publish them to every terminal')
    .argument('[pictures...]', 'pictures of the person, three or more if you can, each with exactly one face')
    .requiredOption('--config <file>', "the hub's YAML file")
    .option('--id <id>', 'a staff number, for example; never reused')
    .option('--name <name>', 'what the terminal shows')
    .option('--folder <folder>', 'enrol everyone in it: one folder per person, named "ID NAME", full of pictures')
    .option('--group <name...>', 'groups the person belongs to')
    .option('--valid-from <instant>', 'ISO 8601, for example 2026-12-01T00:00:00Z')
    .option('--valid-until <instant>', 'ISO 8601')
    .option('--force', 'enrol although somebody looks alike (a twin), or a picture seems to show somebody else')
    .option('--again', 'make new templates of people who are enrolled already: after a change of the pack, for example')
    .addHelpText(
      'after',
      '\nExample:\n  limen enrol --config hub.yaml --id 1001 --name Ada ada-1.jpg ada-2.jpg ada-3.jpg',
    )
    .action(enrol);
}

async function enrol(pictures: string[], flags: EnrolFlags, command: Command): Promise<void> {
  const [{ loadHubConfig }, { withHub }, { peopleInFolder, readPictures }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/pictures.ts'),
  ]);
  if (flags.folder !== undefined) assertNobodyElse(pictures, flags);
  const config = loadHubConfig(flags.config);
  const people = flags.folder === undefined ? [single(pictures, flags)] : peopleInFolder(flags.folder);
  let failed = 0;
  await withHub(
    config,
    async ({ hub }) => {
      for (const { id, name, files } of people) {
        try {
          const { version, published, warnings } = await hub.enrol({
            id,
            name,
            pictures: readPictures(files),
            ...(flags.group !== undefined && { groups: flags.group }),
            ...(flags.validFrom !== undefined && { validFrom: flags.validFrom }),
            ...(flags.validUntil !== undefined && { validUntil: flags.validUntil }),
            despiteDoubts: flags.force === true,
            again: flags.again === true,
          });
          print(
            `Enrolled ${name} (${id}) from ${files.length} ${files.length === 1 ? 'picture' : 'pictures'}, gallery version ${version}. ${whenPublished(published)}`,
          );
          for (const warning of warnings) print(`  look: ${warning}`);
        } catch (error) {
          if (people.length === 1) throw error;
          failed += 1;
          printError(error, command.optsWithGlobals().verbose === true);
        }
      }
    },
    { changingEmbedder: flags.again === true },
  );
  if (people.length > 1) print(`${people.length - failed} of ${people.length} people enrolled.`);
  if (failed > 0) process.exitCode = exitCode.data;
}

function single(files: string[], { id, name }: EnrolFlags) {
  if (id === undefined || name === undefined || files.length === 0) {
    throw new LimenError('usage.invalid', 'To enrol one person, limen needs --id, --name and at least one picture.', {
      hint: 'For example: limen enrol --config hub.yaml --id 1001 --name Ada ada-1.jpg ada-2.jpg',
    });
  }
  return { id, name, files };
}

/** Pictures or an id beside `--folder` would be left out without a word, and somebody would stand at a shut door. */
function assertNobodyElse(files: string[], { id, name }: EnrolFlags): void {
  if (id === undefined && name === undefined && files.length === 0) return;
  throw new LimenError('usage.invalid', 'With --folder, limen takes no --id, no --name and no pictures.', {
    hint: 'The folder says who they are: one folder per person, named "ID NAME". Enrol anybody else by a second command.',
  });
}
