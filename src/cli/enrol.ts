import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { commandTimeoutMs } from './command-timeout.ts';
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
  readonly from?: string;
  readonly consent?: true;
  readonly timeout: string;
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
    .option('--from <terminal>', "instead of pictures: from that terminal's own camera, before which the person stands")
    .option('--consent', 'with --from: the person agreed to it')
    .option('--timeout <time>', 'with --from: how long the person may take', '1m')
    .option('--force', 'enrol although somebody looks alike (a twin), or a picture seems to show somebody else')
    .option('--again', 'make new templates of people who are enrolled already: after a change of the pack, for example')
    .addHelpText(
      'after',
      '\nExample:\n  limen enrol --config hub.yaml --id 1001 --name Ada ada-1.jpg ada-2.jpg ada-3.jpg\n' +
        '  limen enrol --config hub.yaml --id 1001 --name Ada --from front-door --consent',
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
  if (flags.from !== undefined) return enrolFrom(flags.from, pictures, flags);
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
            ...whoOf(flags),
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

/** What is said about somebody besides id and name. */
function whoOf({ group, validFrom, validUntil, force, again }: EnrolFlags) {
  return {
    ...(group !== undefined && { groups: group }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    despiteDoubts: force === true,
    again: again === true,
  };
}

async function enrolFrom(terminal: string, pictures: readonly string[], flags: EnrolFlags): Promise<void> {
  const { id, name } = flags;
  if (id === undefined || name === undefined || pictures.length > 0 || flags.folder !== undefined) {
    throw new LimenError('usage.invalid', 'With --from, limen needs --id and --name, and takes no pictures.', {
      hint: 'For example: limen enrol --config hub.yaml --id 1001 --name Ada --from front-door --consent',
    });
  }
  if (!idPattern.test(terminal)) {
    throw new LimenError('usage.invalid', `${JSON.stringify(terminal)} cannot be the name of a terminal.`);
  }
  const timeoutMs = commandTimeoutMs(flags.timeout);
  const [{ loadHubConfig }, { withHub }, { commandTerminals }, { enrolFromTerminal }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub-commander.ts'),
    import('../hub/enrol-from-terminal.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  await withHub(
    config,
    async ({ hub }) => {
      const { version, published, warnings, captured } = await enrolFromTerminal(
        { hub, command: (request) => commandTerminals(config, request) },
        { ...whoOf(flags), id, name, terminal, consent: flags.consent === true, timeoutMs },
      );
      print(
        `Enrolled ${name} (${id}) from ${captured} looks of ${terminal}, gallery version ${version}. ${whenPublished(published)}`,
      );
      for (const warning of warnings) print(`  look: ${warning}`);
    },
    { changingEmbedder: flags.again === true },
  );
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
