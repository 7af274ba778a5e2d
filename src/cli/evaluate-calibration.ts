import type { Command } from 'commander';
import type { Calibration } from '../domain/calibration.ts';
import { colours } from '../runtime/colours.ts';
import { type EyesFlags, evaluation, lookWith, packsFrom, wholeNumber, withEyes } from './evaluating.ts';
import { print, printJson, table } from './output.ts';

interface CalibrationFlags extends EyesFlags {
  readonly images: string;
  readonly source?: string;
  readonly write?: true;
  readonly out?: string;
  readonly json?: true;
  readonly closest?: string;
}

/** `limen evaluate calibration`: how near strangers come, so that a threshold can be derived. */
export function addCalibration(evaluate: Command): void {
  const command = evaluate
    .command('calibration')
    .description('measure how near strangers come to one another: what a pack needs before it can guard a door')
    .requiredOption('--images <folder>', 'one picture each of at least 100 people who are used nowhere else');
  withEyes(command)
    .option('--source <text>', 'where the pictures come from, for whoever reads the figures later')
    .option('--out <file>', 'write the figures as JSON')
    .option('--write', 'keep the figures in the pack')
    .option('--json', 'print JSON')
    .option('--closest <number>', 'also name the files of so many nearest pairs: is somebody in twice?')
    .addHelpText(
      'after',
      '\nFigures only are kept, never a picture. Of a folder per person, the first picture is taken.\n\nExample:\n  limen evaluate calibration --images faces --pack my-facenet --source "our visitors of 2026, 1,500 people" --write',
    )
    .action((flags: CalibrationFlags) => evaluation({}, (signal) => calibration(flags, signal)));
}

async function calibration(flags: CalibrationFlags, signal: AbortSignal): Promise<void> {
  const [{ calibrationFrom, closestPairs }, { onePictureEach, sightingsOf }, { keepInPack }] = await Promise.all([
    import('../evaluate/impostors.ts'),
    import('../evaluate/pictures.ts'),
    import('../evaluate/keep.ts'),
  ]);
  const files = onePictureEach(flags.images);
  const [pack] = await packsFrom(flags);
  const { measured, glimpsed, used, nearest } = await lookWith(
    { pack: pack!, engine: flags.engine, signal },
    async (looking, opened) => {
      const seen = [...(await sightingsOf(files, looking))].flatMap(([file, sighting]) =>
        sighting?.template ? [{ file, template: sighting.template, glimpse: sighting.glimpse ?? null }] : [],
      );
      const templates = seen.map(({ template }) => template);
      const glimpses = seen.flatMap(({ glimpse }) => glimpse ?? []);
      const { embedder } = opened.pack;
      const source = flags.source ?? `pictures of the owner's, measured ${new Date().toISOString().slice(0, 10)}`;
      const wanted = flags.closest === undefined ? 0 : wholeNumber('--closest', flags.closest);
      return {
        measured: calibrationFrom(templates, { embedder: embedder.id, source }),
        glimpsed: embedder.glimpse ? calibrationFrom(glimpses, { embedder: embedder.glimpse.id, source }) : null,
        used: opened.pack,
        nearest:
          wanted === 0
            ? []
            : closestPairs(templates, wanted).map(([a, b, apart]) => [seen[a]!.file, seen[b]!.file, apart] as const),
      };
    },
  );
  // Keeping them may be refused: what was measured is shown and written first.
  const written = flags.out === undefined ? [] : [await writeJson(flags.out, measured)];
  if (flags.json) printJson(measured);
  else await show(measured, { name: used.name, pictures: files.length, nearest });
  const kept = { calibration: measured, ...(glimpsed && { glimpseCalibration: glimpsed }) };
  if (flags.write) written.push(...(await keepInPack(used, kept)));
  if (flags.json) return;
  for (const file of written) print(`Written to ${file}.`);
  if (written.length === 0) print('Nothing is kept: add --write to put the figures into the pack.');
}

interface About {
  readonly name: string;
  readonly pictures: number;
  readonly nearest: readonly (readonly [a: string, b: string, distance: number])[];
}

async function show(measured: Calibration, about: About): Promise<void> {
  const [{ count, distance, oneIn }, { loosestFmr }] = await Promise.all([
    import('../evaluate/report/words.ts'),
    import('../gallery/threshold.ts'),
  ]);
  const { impostorPairs, people, quantiles } = measured;
  print(colours.bold(`How near strangers come to one another with ${about.name}`));
  print(`${count(impostorPairs)} pairs of ${count(people)} people, from ${count(about.pictures)} pictures.\n`);
  const rows = quantiles.map(({ fmr, fmrUpper, distance: at }) => [oneIn(fmr), oneIn(fmrUpper), distance(at)]);
  for (const line of table([['MEASURED', 'PROMISED', 'DISTANCE'].map(colours.dim), ...rows])) print(`  ${line}`);
  const best = quantiles.at(-1)!.fmrUpper;
  print(
    `\nSo many strangers are at most so far apart. A door is run by the promise, the upper 95 % bound of the rate.`,
  );
  print(
    best <= loosestFmr
      ? `The strictest promise, ${oneIn(best)} per comparison, carries ${count(Math.floor(0.001 / best))} templates at a target of 1 in 1,000, ${count(Math.floor(0.01 / best))} at 1 in 100.`
      : `The strictest promise is ${oneIn(best)}; a door needs ${oneIn(loosestFmr)}: measure more people.`,
  );
  if (about.nearest.length > 0) print('\nNearest to each other; take one of the two out where they are one person:');
  for (const line of table(about.nearest.map(([a, b, apart]) => [distance(apart), a, b]))) print(`  ${line}`);
}

async function writeJson(file: string, value: unknown): Promise<string> {
  const [{ writeFile }, { writeFailure }] = await Promise.all([
    import('node:fs/promises'),
    import('../runtime/durable-file.ts'),
  ]);
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(file, error);
  });
  return file;
}
