/**
 * How fast one probe is compared with a gallery: WebAssembly, its TypeScript twin, and the floor, which is the time that
 * reading the same bytes once takes on this machine.
 *
 *     node dist/bench/matcher.js [--dimensions 128] [--json]
 *
 * The three take turns within one run, so that a busy machine slows all of them; the median of many rounds counts.
 */
import { parseArgs } from 'node:util';
import wabt from 'wabt';
import { inverseLength, type Matcher, openPlainMatcher, type Rows } from '../src/gallery/matcher.ts';
import { openWasmMatcher } from '../src/gallery/wasm-matcher.ts';

/** Milliseconds that one comparison may take: the numbers the product is held to, for 128 numbers per template. */
const targets = [
  { rows: 10_000, targetMs: 0.3 },
  { rows: 100_000, targetMs: 2 },
  { rows: 1_000_000, targetMs: 25 },
];

/** Reads every byte once and does next to nothing with it. */
const sweepSource = `(module
  (memory (export "memory") 1)
  (func (export "sweep") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128)
    (loop $next
      (local.set $a (v128.xor (local.get $a) (v128.xor (v128.load (local.get $at)) (v128.load offset=32 (local.get $at)))))
      (local.set $b (v128.xor (local.get $b) (v128.xor (v128.load offset=16 (local.get $at)) (v128.load offset=48 (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32x4.extract_lane 0 (v128.xor (local.get $a) (local.get $b)))))`;

interface Sweep {
  readonly memory: { grow(pages: number): number; readonly buffer: ArrayBuffer };
  sweep(from: number, to: number): number;
}

/** Node has it, its type package does not. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { readonly exports: unknown };
  };
};

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, dimensions: { type: 'string', default: '128' } },
});
const dimensions = Number(values.dimensions);
const results: Awaited<ReturnType<typeof measure>>[] = [];
for (const { rows, targetMs } of targets) results.push(await measure(rows, targetMs));
if (values.json) console.log(JSON.stringify(results, null, 2));
else print();

async function measure(rows: number, targetMs: number) {
  const gallery = randomRows(rows);
  const probe = gallery.templates[Math.floor(rows / 2)]!;
  const rank = (matcher: Matcher) => () => matcher.bestTwo(probe).first;
  const bytes = rows * dimensions;
  const runs = {
    floor: await sweepOf(bytes),
    wasm: rank(openWasmMatcher(gallery)),
    typescript: rank(openPlainMatcher(gallery)),
  };
  // The twin takes most of the time; V8 needs a few hundred milliseconds to translate the kernel properly.
  const rounds = Math.max(15, Math.min(300, Math.round(3e6 / rows)));
  const times = { floor: [] as number[], wasm: [] as number[], typescript: [] as number[] };
  for (let round = -rounds; round < rounds; round++) {
    for (const name of ['floor', 'wasm', 'typescript'] as const) {
      if (name === 'typescript' && round % 5 !== 0) continue;
      const startMs = performance.now();
      runs[name]();
      if (round >= 0) times[name].push(performance.now() - startMs);
    }
  }
  const [floorMs, wasmMs, typescriptMs] = [median(times.floor), median(times.wasm), median(times.typescript)];
  return {
    ...{ rows, dimensions, megabytes: bytes / 1e6, floorMs, wasmMs, typescriptMs, targetMs },
    fastestWasmMs: Math.min(...times.wasm),
    wasmToFloor: wasmMs / floorMs,
    typescriptToWasm: typescriptMs / wasmMs,
    gigabytesPerSecond: bytes / 1e6 / wasmMs,
  };
}

async function sweepOf(bytes: number): Promise<() => number> {
  const { buffer } = (await wabt()).parseWat('sweep.wat', sweepSource, { simd: true }).toBinary({});
  const { memory, sweep } = new wasm.Instance(new wasm.Module(buffer)).exports as Sweep;
  memory.grow(Math.ceil(bytes / 65_536));
  // Written once, or the system has one empty page for all of it and nothing is read from memory.
  new Uint8Array(memory.buffer).fill(1);
  return () => sweep(0, bytes);
}

function randomRows(count: number): Rows {
  let state = 1;
  const templates = Array.from({ length: count }, () =>
    Int8Array.from({ length: dimensions }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      return (state >> 24) | 1;
    }),
  );
  const owners = Int32Array.from({ length: count }, (_, row) => Math.floor(row / 3));
  return { dimensions, templates, owners, inverseLengths: Float32Array.from(templates, inverseLength) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function print(): void {
  console.log(`One probe against a gallery of ${dimensions}-number templates, milliseconds, median.\n`);
  const ms = (value: number) => value.toFixed(3);
  console.table(
    results.map((one) => ({
      templates: one.rows.toLocaleString('en-US'),
      'read once (floor)': ms(one.floorMs),
      WebAssembly: ms(one.wasmMs),
      TypeScript: ms(one.typescriptMs),
      'WebAssembly ÷ floor': one.wasmToFloor.toFixed(2),
      'TypeScript ÷ WebAssembly': one.typescriptToWasm.toFixed(1),
      'limit (128 numbers)': one.targetMs,
      'of the limit': (one.wasmMs / one.targetMs).toFixed(2),
    })),
  );
}
