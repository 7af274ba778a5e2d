/** Uses each native part once, with a fixed picture and fixed numbers, and prints what came out. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openEngine } from '../../../src/engine/onnxruntime-node.ts';
import { dotProducts } from '../../../src/gallery/matcher.ts';
import { openFastestMatcher, slowMatcherReason } from '../../../src/gallery/wasm-matcher.ts';
import { loadLibc } from '../../../src/gpio/libc.ts';
import { decodePlainJpeg } from '../../../src/vision/decode-jpeg.ts';
import { bytesOf } from '../../support/people.ts';

/** What it prints. */
export interface NativeParts {
  readonly arch: string;
  readonly engine: string;
  /** Mean brightness of the same picture by either decoder; `null` where one did not load. */
  readonly sharpMean: number;
  readonly turboMean: number | null;
  readonly matcher: string;
  readonly slowMatcherReason: string | null;
  /** Rows in which the matcher's sum is not that of the reference. */
  readonly wrongSums: number;
  /** Codes and values of calls into the C library. */
  readonly libc: {
    readonly notATerminal: string;
    readonly bytesWaiting: number;
    readonly ready: readonly boolean[];
    readonly emptyRead: string;
  };
}

const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
const codeOf = (work: () => void): string => {
  try {
    work();
    return 'no error';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
};

async function libcOf(): Promise<NativeParts['libc']> {
  const libc = await loadLibc();
  const nothing = openSync('/dev/null', constants.O_RDWR);
  const folder = mkdtempSync(join(tmpdir(), 'limen-arm64-'));
  const fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  const pipe = openSync(fifo, constants.O_RDWR);
  libc.setNonBlocking(pipe);
  const emptyRead = codeOf(() => readSync(pipe, Buffer.alloc(1)));
  const before = libc.ready([pipe]);
  writeSync(pipe, 'abc');
  const bytesWaiting = Buffer.alloc(4);
  libc.ioctl(pipe, 0x541b /* FIONREAD */, bytesWaiting);
  const ready = [...before, ...libc.ready([pipe])];
  // Not one of GPIO's: the emulator knows none of those, and answers for the kernel.
  const notATerminal = codeOf(() => libc.ioctl(nothing, 0x5401 /* TCGETS */, Buffer.alloc(64)));
  for (const fd of [nothing, pipe]) closeSync(fd);
  rmSync(folder, { recursive: true });
  return { notATerminal, bytesWaiting: bytesWaiting.readInt32LE(), ready, emptyRead };
}

function matcherOf() {
  const [rows, dimensions] = [5000, 128];
  const all = Int8Array.from({ length: rows * dimensions }, (_, i) => ((i * 7919) % 255) - 127);
  const templates = Array.from({ length: rows }, (_, row) => all.subarray(row * dimensions, (row + 1) * dimensions));
  const owners = Int32Array.from({ length: rows }, (_, row) => row);
  const inverseLengths = new Float32Array(rows).fill(1);
  const matcher = openFastestMatcher({ dimensions, templates, inverseLengths, owners });
  const [sums, expected] = [new Int32Array(rows), new Int32Array(rows)];
  matcher.dots(templates[17]!, sums);
  dotProducts({ matrix: all, probe: templates[17]!, dots: expected });
  return { matcher: matcher.name, wrongSums: sums.filter((sum, row) => sum !== expected[row]).length };
}

const jpeg = bytesOf('people/p05/enrol-1.jpg');
const turbo = decodePlainJpeg(jpeg, 1280);
const parts: NativeParts = {
  arch: process.arch,
  engine: (await openEngine()).name,
  sharpMean: mean(await sharp(jpeg).raw().toBuffer()),
  turboMean: turbo && mean(turbo.data as Uint8Array),
  ...matcherOf(),
  slowMatcherReason: slowMatcherReason(),
  libc: await libcOf(),
};
console.log(JSON.stringify(parts));
