import type { Command } from 'commander';
import { LimenError } from '../domain/errors.ts';
import type { PackVerification } from '../evaluate/report/verification-report.ts';
import type { PicturePair, RateFigure } from '../evaluate/verification.ts';
import type { Pack } from '../vision/pack.ts';
import {
  deliver,
  evaluation,
  factsFor,
  lookWith,
  packsFrom,
  type ReportFlags,
  wholeNumber,
  withReport,
} from './evaluating.ts';

interface VerificationFlags extends ReportFlags {
  readonly images: string;
  readonly pairs?: string;
  readonly folds?: string;
  readonly write?: string;
}

/** `limen evaluate verification`: are these two the same person? */
export function addVerification(evaluate: Command): void {
  const command = evaluate
    .command('verification')
    .description('compare pictures two by two: accuracy by the protocol of LFW, and the errors down to rare ones')
    .requiredOption('--images <folder>', 'one folder per person, named as in the pairs file')
    .option(
      '--pairs <file>',
      "which pictures to compare, in the form of LFW's pairs.txt; without it only all against all",
    )
    .option('--folds <number>', 'deal the pairs out into so many folds instead of those in the file');
  withReport(command)
    .option('--write <name>', 'keep the figures in the pack, under this name')
    .addHelpText('after', '\nExample:\n  limen evaluate verification --images lfw --pairs pairs.txt --report lfw.html')
    .action((flags: VerificationFlags) => evaluation(flags, (signal) => verification(flags, signal)));
}

/** Pictures once each, with their person, and which to compare. */
interface Material {
  readonly pictures: readonly { readonly file: string; readonly person: number }[];
  readonly pairs: readonly PicturePair[] | null;
}

async function verification(flags: VerificationFlags, signal: AbortSignal): Promise<void> {
  const [{ verify, verifyAll }, { templatesOf }, { verificationReport }, { count }] = await Promise.all([
    import('../evaluate/verification.ts'),
    import('../evaluate/pictures.ts'),
    import('../evaluate/report/verification-report.ts'),
    import('../evaluate/report/words.ts'),
  ]);
  const { pictures, pairs } =
    flags.pairs === undefined ? await wholeFolder(flags) : await pairsFile(flags, flags.pairs);
  const results: PackVerification[] = [];
  for (const pack of await packsFrom(flags)) {
    results.push(
      await lookWith({ pack, engine: flags.engine, signal }, async (looking, opened) => {
        const templates = await templatesOf(
          pictures.map(({ file }) => file),
          looking,
        );
        const subjects = pictures.map(({ file, person }) => ({ person, template: templates.get(file) ?? null }));
        const result = {
          pack: opened.pack.name,
          picturesWithoutFace: subjects.filter(({ template }) => template === null).length,
          protocol: pairs === null ? null : verify(subjects, pairs),
          all: verifyAll(subjects, { calibration: opened.pack.calibration }),
        };
        if (flags.write !== undefined) await keep(flags.write, result, opened.pack, pictures.length);
        return result;
      }),
    );
  }
  const people = new Set(pictures.map(({ person }) => person)).size;
  const report = verificationReport(results, {
    facts: [['pictures', `${count(pictures.length)} of ${count(people)} people`], ...(await factsFor(flags.engine))],
    pictures: pictures.length,
    source: flags.pairs === undefined ? null : (await import('node:path')).basename(flags.pairs),
  });
  const figures = results.map(({ pack, picturesWithoutFace, protocol, all }) => ({
    pack,
    pictures: pictures.length,
    picturesWithoutFace,
    protocol: protocol?.figures ?? null,
    allAgainstAll: all.figures,
  }));
  await deliver(figures, report, flags);
}

/** What a pack says of itself to whoever lists it. */
async function keep(
  name: string,
  { protocol, all, picturesWithoutFace }: PackVerification,
  pack: Pack,
  pictures: number,
) {
  const { keepInPack } = await import('../evaluate/keep.ts');
  const rounded = (value: number) => Number(value.toPrecision(4));
  const tarAtFar = (rates: readonly RateFigure[]) =>
    Object.fromEntries(rates.map(({ far, tar }) => [far, rounded(tar)]));
  const figures = {
    of: `${pictures} pictures of ${all.figures.people} people; one without a face counts as an error`,
    seenWith: pack.name,
    pictures,
    picturesWithoutFace,
    ...(protocol && {
      pairs: protocol.figures.pairs,
      accuracy: rounded(protocol.figures.accuracy),
      deviationOverFolds: rounded(protocol.figures.deviation),
      interval95: protocol.figures.accuracyInterval95.map(rounded),
    }),
    allAgainstAll: {
      comparisonsOfOne: all.figures.genuine,
      comparisonsOfTwo: all.figures.impostors,
      trueAcceptanceAtFar: tarAtFar(all.figures.tarAtFar),
    },
  };
  await keepInPack(pack, { figures: { [name]: figures } });
}

async function pairsFile({ images, folds }: VerificationFlags, file: string): Promise<Material> {
  const [{ parsePairs, refold }, { lfwPicture }, { readFile }, { basename }] = await Promise.all([
    import('../evaluate/pairs-file.ts'),
    import('../evaluate/pictures.ts'),
    import('node:fs/promises'),
    import('node:path'),
  ]);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new LimenError('file.unreadable', `The pairs file ${file} cannot be read.`, {
      hint: 'Check the path.',
      cause,
    });
  });
  const parsed = parsePairs(text, basename(file));
  const pairs = folds === undefined ? parsed : refold(parsed, wholeNumber('--folds', folds, 2));
  const pictures: { file: string; person: number }[] = [];
  const people = new Map<string, number>();
  const known = new Map<string, number>();
  const indexOf = (person: string, number: number, line: number): number => {
    const key = `${person}\t${number}`;
    const index = known.get(key);
    if (index !== undefined) return index;
    const found = lfwPicture(images, person, number);
    if (found === null) throw missingPicture({ file: basename(file), line, images, person, number });
    if (!people.has(person)) people.set(person, people.size);
    known.set(key, pictures.length);
    return pictures.push({ file: found, person: people.get(person)! }) - 1;
  };
  const byIndex = pairs.map(({ a, b, fold, line }) => ({
    a: indexOf(a.person, a.number, line),
    b: indexOf(b.person, b.number, line),
    fold,
  }));
  return { pictures, pairs: byIndex };
}

function missingPicture(of: {
  file: string;
  line: number;
  images: string;
  person: string;
  number: number;
}): LimenError {
  const name = `${of.person}/${of.person}_${String(of.number).padStart(4, '0')}.jpg`;
  return new LimenError(
    'evaluate.pairs-invalid',
    `${of.file}:${of.line}: there is no picture ${name} in ${of.images}.`,
    {
      hint: '--images names the folder with one folder per person, their pictures named NAME_0001.jpg and so on; fetch the missing one, or name the right folder.',
    },
  );
}

async function wholeFolder({ images, folds }: VerificationFlags): Promise<Material> {
  if (folds !== undefined) {
    throw new LimenError('usage.invalid', '--folds needs --pairs.', {
      hint: 'Without pairs, every picture is compared with every other.',
    });
  }
  const { peopleInFolder } = await import('../hub/pictures.ts');
  const pictures = peopleInFolder(images).flatMap(({ files }, person) => files.map((file) => ({ file, person })));
  return { pictures, pairs: null };
}
