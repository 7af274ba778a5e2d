import { readFileSync } from 'node:fs';

/** What the bench asks of every subject; it travels as JSON on standard input. */
export interface Job {
  /** JPEG files, in the order in which they are shown. */
  readonly frames: readonly string[];
  readonly warmUpPasses: number;
  readonly passes: number;
  readonly threads: number;
  /** Packs that limen runs on; peers have their own. */
  readonly packs: readonly string[];
  /** limen only: look for faces of every size in every picture, not only as often as a door does. */
  readonly wholeSearch?: boolean;
  /** How many templates the matching stage compares with. */
  readonly galleryRows: number;
}

/** Time of one piece of work. `cpuMs` counts every thread of the process; a stage may know only one of the two. */
export interface Spent {
  readonly cpuMs?: number | undefined;
  readonly wallMs?: number | undefined;
}

/** One frame, looked at once. */
export interface Look {
  readonly frame: number;
  readonly pass: number;
  readonly faces: number;
  readonly templates: number;
  /** Whether the face was looked at with everything there is; absent where a subject knows no other look. */
  readonly full?: boolean;
  readonly whole: Required<Spent>;
  readonly stages: Readonly<Record<string, Spent>>;
}

/** What a subject's process prints as its last line. */
export interface Result {
  readonly version: string;
  readonly threads: number;
  /** From the start of loading until the first frame could be seen. */
  readonly openMs: number;
  /** VmHWM of the process before matching, in MiB. */
  readonly peakRssMb: number;
  readonly looks: readonly Look[];
  /** One search each among `galleryRows` templates. */
  readonly matches: readonly Required<Spent>[];
}

/** What one frame gave. */
export interface Found {
  readonly faces: number;
  readonly templates: number;
  readonly full?: boolean;
  readonly stages: Readonly<Record<string, Spent>>;
}

/** A pipeline under measurement. */
export interface Subject {
  readonly version: string;
  see(jpeg: Uint8Array, pass: number): Promise<Found>;
  /** A matcher over that many random templates; each call is one search. */
  matcher(rows: number): () => unknown;
}

const searches = 200;

/** CPU time of all threads of this process. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The whole life of a subject's process: open, warm up, measure, print. */
export async function measure(open: (job: Job) => Promise<Subject>): Promise<void> {
  const job = JSON.parse(readFileSync(0, 'utf8')) as Job;
  const pictures = job.frames.map((file) => readFileSync(file));
  const start = performance.now();
  const subject = await open(job);
  const openMs = performance.now() - start;
  const looks: Look[] = [];
  for (let pass = -job.warmUpPasses; pass < job.passes; pass++) {
    for (const [frame, picture] of pictures.entries()) {
      // A copy, as every frame of a camera is new memory.
      const jpeg = Uint8Array.from(picture);
      const { result, spent } = await timed(() => subject.see(jpeg, pass));
      if (pass >= 0) looks.push({ frame, pass, ...result, whole: spent });
    }
  }
  const peakRssMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  const matches = await searched(subject.matcher(job.galleryRows));
  const result: Result = { version: subject.version, threads: job.threads, openMs, peakRssMb, looks, matches };
  await new Promise((resolve) => process.stdout.write(`\n${JSON.stringify(result)}\n`, resolve));
  process.exit(0);
}

async function searched(search: () => unknown): Promise<Required<Spent>[]> {
  for (let i = 0; i < searches; i++) await search();
  const spent: Required<Spent>[] = [];
  for (let i = 0; i < searches; i++) spent.push((await timed(async () => search())).spent);
  return spent;
}

/** Run `work` and say what it cost. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; spent: Required<Spent> }> {
  const [wall, cpu] = [performance.now(), cpuMs()];
  const result = await work();
  return { result, spent: { cpuMs: cpuMs() - cpu, wallMs: performance.now() - wall } };
}

/** Adds up what the stages of one frame cost. */
export class Stages {
  #spent: Record<string, Required<Spent>> = {};

  /** The same function, its cost booked under `stage`. */
  timing<A extends unknown[], T>(stage: string, work: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return async (...args) => {
      const { result, spent } = await timed(() => work(...args));
      const before = this.#spent[stage] ?? { cpuMs: 0, wallMs: 0 };
      this.#spent[stage] = { cpuMs: before.cpuMs + spent.cpuMs, wallMs: before.wallMs + spent.wallMs };
      return result;
    };
  }

  /** What has been booked since the last call. */
  take(): Readonly<Record<string, Spent>> {
    const spent = this.#spent;
    this.#spent = {};
    return spent;
  }
}
