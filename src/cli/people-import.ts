import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { ImportOutcome, Newcomer } from '../hub/import-people.ts';
import { colours } from '../runtime/colours.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson, table } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { untilInterrupted } from './signals.ts';

interface ImportFlags {
  readonly config: string;
  readonly pictures?: string;
  readonly group?: string[];
  readonly force?: true;
  readonly again?: true;
  readonly json?: true;
}

/** `limen people import`: many people at once, from a list and their pictures. */
export function defineImport(people: Command): void {
  people
    .command('import')
    .argument('<list>', 'a CSV file, or a folder with one folder per person, named "ID NAME", full of pictures')
    .requiredOption('--config <file>', "the hub's YAML file")
    .description('enrol many people, and say who could not be and why')
    .option('--pictures <folder>', "with a CSV: where the pictures lie; left out, the CSV's own folder")
    .option('--group <name...>', 'groups of everybody for whom the list says none')
    .option('--force', 'enrol although somebody looks alike, or a picture seems to show somebody else')
    .option('--again', 'make new templates of people who are enrolled already: after a change of the pack, for example')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A CSV has a first line with the columns id,name,groups,validFrom,validUntil,cards,pin,face; lists within a cell are
parted by "|". Pictures are named ID.jpg, ID-1.jpg, ID-2.jpg, or lie in a folder ID. Who declined a face has "no" in the
column face, a card or a PIN, and no picture. Who is enrolled already is left as they are, so an import that was stopped,
or partly failed, can be said again. A list with PINs opens doors: delete it afterwards.

Example:
  limen people import staff.csv --pictures portraits --config hub.yaml
  limen people import portraits --group staff --config hub.yaml

Exit code: 0 everybody is enrolled, 65 somebody could not be, 130 stopped.`,
    )
    .action(importAll);
}

async function importAll(list: string, flags: ImportFlags): Promise<void> {
  const [{ loadHubConfig }, { withHub }, { importPeople }] = await Promise.all([
    import('../config/load.ts'),
    import('../serve-hub.ts'),
    import('../hub/import-people.ts'),
  ]);
  const config = loadHubConfig(flags.config);
  const { people, leftOver } = await peopleIn(list, flags);
  const outcomes: ImportOutcome[] = [];
  const again = flags.again === true;
  const stopped = await untilInterrupted((signal) =>
    withHub(
      config,
      async ({ hub }) => {
        const bar = await progressBar('Enrolling');
        try {
          const options = { hub, again, despiteDoubts: flags.force === true, signal };
          for await (const outcome of importPeople(people, options)) {
            outcomes.push(outcome);
            bar.onProgress(outcomes.length, people.length);
            if (!bar.shown && !flags.json) print(sentenceOf(outcome));
          }
        } finally {
          bar.stop();
        }
        return outcomes.length < people.length;
      },
      { changingEmbedder: again },
    ),
  );
  if (flags.json) printJson({ people: people.length, stopped, outcomes, leftOver });
  else summary(outcomes, { people: people.length, leftOver });
  if (outcomes.some(({ outcome }) => outcome === 'failed')) process.exitCode = exitCode.data;
  if (stopped) process.exitCode = exitCode.interrupted;
}

async function peopleIn(
  list: string,
  flags: ImportFlags,
): Promise<{ people: Newcomer[]; leftOver: readonly string[] }> {
  const { peopleInFolder, picturesById } = await import('../hub/pictures.ts');
  const groups = flags.group ?? [];
  if (isFolderAt(list)) {
    if (flags.pictures !== undefined)
      throw new LimenError('usage.invalid', '--pictures goes with a CSV: a folder has the pictures in it.', {
        hint: `Leave it out: limen people import ${list} --config ${flags.config}`,
      });
    const people = peopleInFolder(list);
    return { people: people.map((one) => ({ ...one, ...(groups.length > 0 && { groups }) })), leftOver: [] };
  }
  const [{ peopleInCsv }, { newcomerFrom }] = await Promise.all([
    import('../hub/people-csv.ts'),
    import('../hub/import-people.ts'),
  ]);
  const rows = peopleInCsv(contentOf(list), list);
  const pictures = picturesById(flags.pictures ?? dirname(list), new Set(rows.map(({ id }) => id)));
  const people = rows.map((row) => newcomerFrom(row, { files: pictures.of(row.id), groups }));
  return { people, leftOver: pictures.leftOver };
}

function isFolderAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new LimenError('file.unreadable', `The list ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Name a CSV file, or a folder with one folder per person.',
      cause,
    });
  }
}

function sentenceOf(one: ImportOutcome): string {
  const who = `${one.name} (${one.id})`;
  if (one.outcome === 'there already') return `${who} is enrolled already.`;
  if (one.outcome === 'failed') return `${colours.red('failed')} ${who}: ${one.why} ${colours.dim(`[${one.code}]`)}`;
  const pictures = `${one.pictures} ${one.pictures === 1 ? 'picture' : 'pictures'}`;
  if (one.pictures === 0) return `Enrolled ${who} without a face, gallery version ${one.version}.`;
  return `Enrolled ${who} from ${pictures}, gallery version ${one.version}.`;
}

function summary(
  outcomes: readonly ImportOutcome[],
  { people, leftOver }: { people: number; leftOver: readonly string[] },
): void {
  for (const one of outcomes) {
    if (one.outcome !== 'enrolled') continue;
    for (const warning of one.warnings) print(`${colours.yellow('look:')} ${warning}`);
  }
  const failed = outcomes.flatMap((one) => (one.outcome === 'failed' ? [one] : []));
  if (failed.length > 0) print();
  const rows = failed.map(({ line, id, name, why, mend }) => [
    line === null ? '' : `line ${line}`,
    colours.bold(id),
    name,
    `${why}${mend === null ? '' : ` ${colours.dim(mend)}`}`,
  ]);
  for (const row of table(rows)) print(row);
  if (leftOver.length > 0) print(`Pictures of nobody on the list: ${leftOver.length}, ${leftOver[0]} for example.`);
  const count = (wanted: ImportOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const unpublished = outcomes.some((one) => one.outcome === 'enrolled' && !one.published);
  const there = count('there already');
  print(
    `${count('enrolled')} of ${people} people enrolled${there > 0 ? `, ${there} were already` : ''}${failed.length > 0 ? `, ${failed.length} failed` : ''}.` +
      (unpublished ? ' Not everybody is published yet: `limen hub run` does that.' : ''),
  );
  if (outcomes.length < people) print(`Stopped before the other ${people - outcomes.length}: say it again to go on.`);
}
