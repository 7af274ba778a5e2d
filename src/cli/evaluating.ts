import type { Command } from 'commander';
import type { OpenedVision } from '../compose.ts';
import type { RecognitionConfig } from '../config/recognition-schema.ts';
import { LimenError } from '../domain/errors.ts';
import type { Looking } from '../evaluate/pictures.ts';
import type { Report } from '../evaluate/report/report.ts';
import { colours } from '../runtime/colours.ts';
import type { QualityGates } from '../vision/quality.ts';
import { exitCode } from './exit-codes.ts';
import { print, printJson, table } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { untilInterrupted } from './signals.ts';

/** What every evaluation is told: what to see with. */
export interface EyesFlags {
  readonly pack?: string;
  readonly engine?: string;
}

/** What an evaluation that compares packs and prints a report is told. */
export interface ReportFlags extends EyesFlags {
  readonly against?: string[];
  readonly json?: true;
  readonly report?: string;
}

/** Add `--pack` and `--engine`. */
export function withEyes(command: Command): Command {
  return command
    .option('--pack <packs>', 'a pack, or several in layers: "yunet,mobilefacenet" (default: the shipped one)')
    .option('--engine <name>', 'what runs the networks (default: onnxruntime-node)');
}

/** Add what {@link ReportFlags} has. */
export function withReport(command: Command): Command {
  return withEyes(command)
    .option('--against <packs>', 'set another pack beside it; may be repeated', (value, all: string[] = []) => [
      ...all,
      value,
    ])
    .option('--json', 'print JSON')
    .option('--report <file>', 'write a page with charts: one HTML file that needs nothing else');
}

/** The packs to evaluate, each as a configuration has it, the first one first. */
export async function packsFrom({ pack, against = [] }: ReportFlags): Promise<string[][]> {
  const [{ recognitionSchema }, { loadPack }] = await Promise.all([
    import('../config/recognition-schema.ts'),
    import('../vision/pack.ts'),
  ]);
  const first = pack === undefined ? [recognitionSchema.parse({}).pack].flat() : layers(pack);
  const all = [first, ...against.map(layers)];
  // Before minutes are spent on the first: a pack that is not there, or damaged.
  for (const names of all) await loadPack(names);
  return all;
}

function layers(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/**
 * Run an evaluation: that its report can be written is found out before the work and not after it, and Ctrl-C ends it
 * with a sentence.
 *
 * @throws LimenError `file.unwritable`.
 */
export async function evaluation(
  { report }: Pick<ReportFlags, 'report'>,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (report !== undefined) await assertWritable(report);
  await untilInterrupted(async (signal) => {
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      process.stderr.write('Stopped; nothing was kept.\n');
      process.exitCode = exitCode.interrupted;
    }
  });
}

async function assertWritable(file: string): Promise<void> {
  const [{ access, constants }, { dirname, resolve }, { writeFailure }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('../runtime/durable-file.ts'),
  ]);
  await access(dirname(resolve(file)), constants.W_OK).catch((error: unknown) => {
    throw writeFailure(file, error);
  });
}

/** How to open the eyes of an evaluation. */
export interface EyesOptions {
  readonly pack: readonly string[];
  readonly engine: string | undefined;
  readonly signal: AbortSignal;
  /** Default: gates that everything passes. */
  readonly quality?: QualityGates;
}

/**
 * Open vision, let `work` look with it, and close it.
 *
 * @throws LimenError `usage.invalid` for an engine that does not exist, `pack.*`, `engine.*`.
 */
export async function lookWith<T>(
  { pack, engine, signal, quality }: EyesOptions,
  work: (looking: Looking, opened: OpenedVision) => Promise<T>,
): Promise<T> {
  const [{ engineNames, openVision }, { openGates }] = await Promise.all([
    import('../compose.ts'),
    import('../evaluate/pictures.ts'),
  ]);
  if (engine !== undefined && !(engineNames as readonly string[]).includes(engine)) {
    throw new LimenError('usage.invalid', `There is no engine ${JSON.stringify(engine)}.`, {
      hint: `--engine is one of ${engineNames.join(', ')}.`,
    });
  }
  const named = (engine ?? 'onnxruntime-node') as RecognitionConfig['engine'];
  const recognition = { pack: [...pack], engine: named, quality: quality ?? openGates };
  const opened = await openVision(recognition, { worker: false });
  const bar = await progressBar(opened.pack.name);
  try {
    return await work({ vision: opened.vision, signal, onProgress: bar.onProgress }, opened);
  } finally {
    bar.stop();
    await opened.vision.close();
  }
}

/** Facts that stand on every report. */
export async function factsFor(engine: string | undefined): Promise<(readonly [string, string])[]> {
  const { packageVersion } = await import('../runtime/package-root.ts');
  return [
    ['engine', engine ?? 'onnxruntime-node'],
    ['made by', `limen ${packageVersion()}, ${new Date().toISOString().slice(0, 10)}`],
  ];
}

/** Print a report, as figures or as text, and write its page where one was asked for. */
export async function deliver(figures: unknown, report: Report, flags: ReportFlags): Promise<void> {
  if (flags.report !== undefined) {
    const [{ pageOf }, { writeFile }, { writeFailure }] = await Promise.all([
      import('../evaluate/report/page.ts'),
      import('node:fs/promises'),
      import('../runtime/durable-file.ts'),
    ]);
    const page = await pageOf(report);
    await writeFile(flags.report, page).catch((error: unknown) => {
      throw writeFailure(flags.report!, error);
    });
  }
  if (flags.json) {
    printJson(figures);
    return;
  }
  const { reportLines } = await import('../evaluate/report/text.ts');
  for (const line of reportLines(report, table, colours)) print(line);
  if (flags.report !== undefined) print(`\nThe page with charts is ${flags.report}.`);
}

/** A whole number from a flag. @throws LimenError `usage.invalid`. */
export function wholeNumber(flag: string, text: string, least = 1): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new LimenError('usage.invalid', `${flag} ${text} is not a whole number of at least ${least}.`, {
    hint: `For example ${flag} ${Math.max(least, 3)}.`,
  });
}

/** Several whole numbers, separated by commas. @throws LimenError `usage.invalid`. */
export function wholeNumbers(flag: string, text: string): number[] {
  return text.split(',').map((part) => wholeNumber(flag, part.trim()));
}
