import type { Command } from 'commander';
import type { PictureOutcome } from '../evaluate/detection.ts';
import type { Labels } from '../evaluate/labelled.ts';
import type { Looking } from '../evaluate/pictures.ts';
import type { AcquisitionFigures, PackDetection, RecallFigures } from '../evaluate/report/detector-report.ts';
import {
  deliver,
  evaluation,
  factsFor,
  lookWith,
  packsFrom,
  type ReportFlags,
  wholeNumbers,
  withReport,
} from './evaluating.ts';

interface DetectorFlags extends ReportFlags {
  readonly images: string;
  readonly widths: string;
}

/** `limen evaluate detector`: is there a face, and where are its eyes? */
export function addDetector(evaluate: Command): void {
  const command = evaluate
    .command('detector')
    .description('how many faces are found, by their size, and how exactly; or how many pictures give none')
    .requiredOption(
      '--images <folder>',
      'with a manifest.json of boxes and eyes; without one, only failures to acquire are counted',
    )
    .option('--widths <pixels>', 'face widths that pictures of one person are scaled down to', '40,48,64,96');
  withReport(command)
    .addHelpText('after', '\nExample:\n  limen evaluate detector --images test/people --against yunet')
    .action((flags: DetectorFlags) => evaluation(flags, (signal) => detector(flags, signal)));
}

async function detector(flags: DetectorFlags, signal: AbortSignal): Promise<void> {
  const [{ readLabels }, { detectorReport }, { closedGates }] = await Promise.all([
    import('../evaluate/labelled.ts'),
    import('../evaluate/report/detector-report.ts'),
    import('../evaluate/pictures.ts'),
  ]);
  const labels = await readLabels(flags.images);
  const widths = wholeNumbers('--widths', flags.widths);
  const results: PackDetection[] = [];
  for (const pack of await packsFrom(flags)) {
    results.push(
      await lookWith({ pack, engine: flags.engine, signal, quality: closedGates }, async (looking, opened) => ({
        pack: opened.pack.name,
        asTheyAre: labels && (await recall(labels, looking)),
        scaledDown: labels && (await recallScaled(labels, widths, looking)),
        acquisition: labels ? null : await acquisition(flags.images, looking),
      })),
    );
  }
  await deliver(results, detectorReport(results, await factsFor(flags.engine)), flags);
}

async function recall({ singles, frames }: Labels, looking: Looking): Promise<RecallFigures> {
  const [{ judgePicture }, { see }] = await Promise.all([
    import('../evaluate/detection.ts'),
    import('../evaluate/pictures.ts'),
  ]);
  const all = [...singles, ...frames];
  const outcomes: PictureOutcome[] = [];
  for (const { file, faces } of all) {
    outcomes.push(judgePicture(faces, (await see(file, looking)).sightings));
    looking.onProgress?.(outcomes.length, all.length);
  }
  return figuresOf(outcomes);
}

async function recallScaled({ singles }: Labels, widths: readonly number[], looking: Looking): Promise<RecallFigures> {
  const [{ judgePicture }, { shrunk }] = await Promise.all([
    import('../evaluate/detection.ts'),
    import('../evaluate/shrink.ts'),
  ]);
  const outcomes: PictureOutcome[] = [];
  for (const width of widths) {
    for (const [i, single] of singles.entries()) {
      looking.signal.throwIfAborted();
      const small = await shrunk(single, width);
      if (small !== null) outcomes.push(judgePicture(small.faces, (await looking.vision.see(small.frame)).sightings));
      looking.onProgress?.(i + 1, singles.length);
    }
  }
  return figuresOf(outcomes);
}

async function figuresOf(outcomes: readonly PictureOutcome[]): Promise<RecallFigures> {
  const { bySize } = await import('../evaluate/detection.ts');
  return {
    pictures: outcomes.length,
    sizes: bySize(outcomes.flatMap(({ faces }) => faces)),
    falseFaces: outcomes.reduce((sum, { falseFaces }) => sum + falseFaces, 0),
  };
}

async function acquisition(folder: string, looking: Looking): Promise<AcquisitionFigures> {
  const [{ everyPicture, see }, { shareInterval }] = await Promise.all([
    import('../evaluate/pictures.ts'),
    import('../evaluate/statistics.ts'),
  ]);
  const files = everyPicture(folder);
  let [done, withoutFace] = [0, 0];
  for (const file of files) {
    if ((await see(file, looking)).sightings.length === 0) withoutFace += 1;
    looking.onProgress?.(++done, files.length);
  }
  return { pictures: files.length, withoutFace, failureInterval95: shareInterval(withoutFace, files.length) };
}
