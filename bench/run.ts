import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/runtime/package-root.ts';
import { openCvHome } from './opencv-home.ts';
import type { Job, Result } from './subjects/measure.ts';
import { framesInCommon, type Summary, summaryOf } from './summary.ts';
import { table } from './table.ts';

/**
 * limen beside what one would use instead, on the same frames in the same run: `npm run bench [-- --json]`.
 * Each subject has a process of its own, one after the other, so that its memory and its CPU time are its own.
 */

/** One row of the comparison: a subject at a number of threads. */
export interface Row {
  readonly id: string;
  readonly threads: number;
  /** Why there are no figures; then `summary` is `null`. */
  readonly notMeasured: string | null;
  readonly summary: Summary | null;
}

/** Everything a run of the bench says. */
export interface Report {
  readonly at: string;
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string };
  readonly clip: string;
  readonly frames: number;
  /** Frames in which every measured subject made one template; the figures are over these. */
  readonly comparedFrames: number;
  readonly passes: number;
  readonly galleryRows: number;
  readonly rows: readonly Row[];
}

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    clip: { type: 'string', default: join(packageRoot(), 'test/people/clips/walkup-p05-headturn') },
    passes: { type: 'string', default: '6' },
    only: { type: 'string' },
    pack: { type: 'string', default: 'faceapi' },
  },
});

interface Subject {
  readonly id: string;
  readonly threads: number;
  run(job: Job): Result;
}

const ours =
  (file: string) =>
  (job: Job): Result =>
    runIn(process.execPath, join(import.meta.dirname, 'subjects', `${file}.js`), job);

const openCv = (job: Job): Result => {
  const { python, ...networks } = openCvHome();
  return runIn(python, join(packageRoot(), 'bench/subjects/opencv.py'), { ...job, ...networks });
};

/** TensorFlow.js runs one thread of WebAssembly on Node, whatever is asked: no second row for its users. */
const subjects: readonly Subject[] = [
  { id: 'limen', threads: 1, run: ours('limen') },
  { id: 'limen (whole search)', threads: 1, run: (job) => ours('limen')({ ...job, wholeSearch: true }) },
  { id: 'limen', threads: 2, run: ours('limen') },
  { id: 'OpenCV', threads: 1, run: openCv },
  { id: 'OpenCV', threads: 2, run: openCv },
  { id: 'face-api', threads: 1, run: ours('face-api') },
  { id: 'human', threads: 1, run: ours('human') },
];

/** @throws Error with the line in which the subject said why it gave up. */
function runIn(command: string, script: string, job: Job): Result {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  const input = JSON.stringify(job);
  const { status, stdout, stderr } = spawnSync(command, [script], { encoding: 'utf8', env, input, maxBuffer: 1 << 28 });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Result;
  const lines = stderr.trim().split('\n');
  throw new Error(lines.find((line) => /Error/.test(line)) ?? lines.at(-1) ?? `ended with ${status}`);
}

const { clip } = options;
const frames = readdirSync(clip)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => join(clip, name));
const passes = Number(options.passes);
const packs = options.pack.split(',');
const galleryRows = 10_000;
const wanted = options.only?.split(',');
const measured = subjects
  .filter(({ id }) => wanted === undefined || wanted.includes(id))
  .map(({ id, threads, run }) => {
    process.stderr.write(`${id}, ${threads === 1 ? 'one thread' : `${threads} threads`} …\n`);
    try {
      return {
        id,
        threads,
        result: run({ frames, warmUpPasses: 1, passes, threads, packs, galleryRows }),
        notMeasured: null,
      };
    } catch (error) {
      return { id, threads, result: null, notMeasured: error instanceof Error ? error.message : String(error) };
    }
  });

const compared = framesInCommon(measured.flatMap(({ result }) => result ?? []));
const report: Report = {
  at: new Date().toISOString(),
  machine: { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
  clip: clip.split('/').at(-1) as string,
  frames: frames.length,
  comparedFrames: compared.size,
  passes,
  galleryRows,
  rows: measured.map(({ result, ...row }) => ({ ...row, summary: result && summaryOf(result, compared) })),
};
console.log(options.json ? JSON.stringify(report, null, 2) : table(report));
