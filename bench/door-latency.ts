import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openVision } from '../src/compose.ts';
import { recognitionSchema } from '../src/config/recognition-schema.ts';
import { packageRoot, siblingModule } from '../src/runtime/package-root.ts';
import { type Watch, watchDoor } from './subjects/door.ts';
import { timedDoor } from './subjects/opened-door.ts';
import { machineMs } from './subjects/timed-gpio.ts';

/**
 * From a verdict to the edge of the lock's line, while vision has nothing to do and while it gets frames as fast as it can
 * see them: `npm run bench:door [-- --openings N] [-- --json]`. Beside it, in turns with the openings, what the machine
 * itself takes: a page appended to a file and made durable, which a journal cannot do without, and a byte to a bare process
 * and back over a Unix socket, a question and an answer.
 */

const { values } = parseArgs({
  options: { openings: { type: 'string', default: '1000' }, json: { type: 'boolean', default: false } },
});
const openings = Number(values.openings);
/** What the product is held to, verdict to edge, with vision saturated. */
const limitP99Ms = 20;
const clip = join(packageRoot(), 'test/people/clips/walkup-p05-headturn');

/** Milliseconds. */
interface Shares {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Measured {
  readonly vision: 'idle' | 'saturated';
  readonly framesPerS: number;
  readonly written: Shares;
  readonly edge: Shares;
  /** From the verdict written down to the edge: the question to the lock process. */
  readonly lease: Shares;
  readonly durableWrite: Shares;
  readonly roundTrip: Shares;
}

function sharesOf(tookMs: readonly number[]): Shares {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const share = (of: number) => sorted[Math.ceil(of * sorted.length) - 1]!;
  return { p50: share(0.5), p99: share(0.99), max: share(1) };
}

/** A byte there and back, milliseconds. */
async function openEcho(folder: string) {
  const socketPath = join(folder, 'echo');
  const child = spawn(process.execPath, [fileURLToPath(siblingModule(import.meta.url, './subjects/echo')), socketPath]);
  await once(child.stdout, 'data');
  const socket = connect(socketPath);
  await once(socket, 'connect');
  return {
    async roundTrip(): Promise<number> {
      const sentMs = machineMs();
      socket.write('x');
      await once(socket, 'data');
      return machineMs() - sentMs;
    },
    close: () => {
      socket.destroy();
      child.stdin.end();
    },
  };
}

/** What SQLite's log takes for a small row: one page, and the frame's header. */
const pageBytes = 4096 + 24;

/** A page appended and made durable, milliseconds. */
function openAppend(folder: string) {
  const fd = openSync(join(folder, 'append'), 'a');
  const page = Buffer.alloc(pageBytes, 1);
  return {
    append(): number {
      const startMs = machineMs();
      writeSync(fd, page);
      fdatasyncSync(fd);
      return machineMs() - startMs;
    },
    close: () => closeSync(fd),
  };
}

/** Shows `watch` one frame after the other until `signal` aborts. Returns how many. */
async function saturate(watch: Watch, signal: AbortSignal): Promise<number> {
  const names = readdirSync(clip).filter((name) => name.endsWith('.jpg'));
  const frames = names.sort().map((name) => readFileSync(join(clip, name)));
  let shown = 0;
  for (; !signal.aborted; shown += 1) {
    const data = new Uint8Array(frames[shown % frames.length]!);
    await watch({ id: shown, capturedAtMs: shown * 100, format: 'jpeg', data });
  }
  return shown;
}

async function measure(vision: Measured['vision'], watch: Watch): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'limen-bench-'));
  const [door, echo, file] = [await timedDoor(folder), await openEcho(folder), openAppend(folder)];
  const stop = new AbortController();
  const startMs = machineMs();
  const shown = vision === 'saturated' ? saturate(watch, stop.signal) : 0;
  const [roundTrips, durableWrites]: [number[], number[]] = [[], []];
  for (let i = 0; i < openings; i += 1) {
    // At no fixed distance from the frames.
    await delay(Math.random() * 20);
    roundTrips.push(await echo.roundTrip());
    await delay(Math.random() * 20);
    durableWrites.push(file.append());
    await delay(Math.random() * 20);
    await door.openOnce();
  }
  stop.abort();
  const framesPerS = (await shown) / ((machineMs() - startMs) / 1000);
  const opened = door.openings();
  echo.close();
  file.close();
  await door.close();
  rmSync(folder, { recursive: true });
  return {
    vision,
    framesPerS,
    written: sharesOf(opened.map(({ writtenMs }) => writtenMs)),
    edge: sharesOf(opened.map(({ edgeMs }) => edgeMs)),
    lease: sharesOf(opened.map(({ writtenMs, edgeMs }) => edgeMs - writtenMs)),
    durableWrite: sharesOf(durableWrites),
    roundTrip: sharesOf(roundTrips),
  };
}

const loadBefore = loadavg()[0]!;
const { vision, pack } = await openVision(recognitionSchema.parse({}));
const watch = await watchDoor(vision, pack);
const results = [await measure('idle', watch), await measure('saturated', watch)];
await vision.close();

const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, loadBefore };
if (values.json) console.log(JSON.stringify({ machine, openings, limitP99Ms, results }, null, 2));
else {
  console.log(
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load before ${loadBefore.toFixed(1)}`,
  );
  for (const result of results) console.log(inWords(result));
}

function inWords({ vision, framesPerS, written, edge, lease, durableWrite, roundTrip }: Measured): string {
  const line = (what: string, { p50, p99, max }: Shares) =>
    `  ${what.padEnd(28)} p50 ${p50.toFixed(2)}   p99 ${p99.toFixed(2)}   max ${max.toFixed(2)} ms`;
  const ratio = (what: Shares, of: Shares) => `   ${(what.p50 / of.p50).toFixed(1)} × that at p50`;
  return [
    `vision ${vision} (${framesPerS.toFixed(0)} frames per second), ${openings} openings`,
    line('verdict → edge', edge),
    line('  verdict → written down', written) + ratio(written, durableWrite),
    line('    a page made durable', durableWrite),
    line('  written down → edge', lease) + ratio(lease, roundTrip),
    line('    a byte there and back', roundTrip),
    `  p99 is ${(edge.p99 / limitP99Ms).toFixed(2)} of the limit of ${limitP99Ms} ms`,
  ].join('\n');
}
