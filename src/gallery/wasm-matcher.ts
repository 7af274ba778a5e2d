import { messageOf } from '../domain/errors.ts';
import { kernelBase64 } from './kernel-bytes.ts';
import { type BestTwo, type Matcher, openPlainMatcher, type RowRange, type Rows } from './matcher.ts';

/** The part of the WebAssembly interface that is used here: Node has it, its type package does not. */
interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  readonly Memory: new (size: { initial: number }) => WasmMemory;
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The functions of `matcher.wat`; addresses are bytes, rows are numbers of rows. */
interface KernelExports {
  layout(stride: number, state: number, probe: number, inverse: number, owners: number, data: number): void;
  rank(from: number, to: number): void;
  dots(from: number, to: number, out: number): void;
}

const pageBytes = 65_536;
/** What 32 bits can address. */
const longestMemoryBytes = pageBytes * pageBytes;
/** `dots` goes over this many rows at a time, so that the sums of a large gallery need no memory of their own. */
const dotsAtOnce = 4096;

/** The kernel's functions, and the memory that they work on. */
interface Kernel {
  readonly exports: KernelExports;
  readonly memory: WasmMemory;
}

const kernels = new WeakMap<Matcher, Kernel>();

let compiled: { readonly api: WasmApi; readonly module: object } | undefined;
let trouble: string | null = null;

/** Why galleries are matched by plain TypeScript, many times slower; `null` while the WebAssembly kernel does it. */
export function slowMatcherReason(): string | null {
  return trouble;
}

/**
 * The fastest matcher this machine has: WebAssembly with 128-bit SIMD, else {@link openPlainMatcher}, with the same
 * answers. What was in the way is kept for {@link slowMatcherReason}.
 */
export function openFastestMatcher(rows: Rows, spent?: Matcher | null): Matcher {
  try {
    return openWasmMatcher(rows, spent);
  } catch (error) {
    trouble = messageOf(error);
    return openPlainMatcher(rows);
  }
}

/**
 * A matcher in WebAssembly. The gallery lies in a memory of its own, which goes with the matcher: WebAssembly memory
 * never shrinks, and a gallery that is being matched must not move. Such memories are collected late, so that the one of
 * `spent`, where it has about the right size, is better than a new one.
 *
 * @throws Error when this machine has no WebAssembly SIMD, or not enough memory.
 */
export function openWasmMatcher(
  { dimensions, templates, inverseLengths, owners }: Rows,
  spent: Matcher | null = null,
): Matcher {
  const count = owners.length;
  const stride = Math.ceil(dimensions / 16) * 16;
  const place = placesOf(count, stride);
  const kernel = kernelOf(spent, place.end) ?? instantiate(place.end);
  const { exports, memory } = kernel;
  const { buffer } = memory;
  exports.layout(stride, place.state, place.probe, place.inverse, place.owners, place.data);
  new Float32Array(buffer, place.inverse, count).set(inverseLengths);
  new Int32Array(buffer, place.owners, count).set(owners);
  const data = new Int8Array(buffer, place.data, count * stride);
  let end = 0;
  for (const piece of templates) {
    const step = stride === dimensions ? piece.length : dimensions;
    for (let at = 0; at < piece.length; at += step) {
      data.set(piece.subarray(at, at + step), end);
      end += Math.max(step, stride);
    }
  }
  const bests = new Int32Array(buffer, place.state, 2);
  const cosines = new Float64Array(buffer, place.state + 8, 2);
  const wideProbe = new Int16Array(buffer, place.probe, dimensions);
  const dotsOut = new Int32Array(buffer, place.dots, dotsAtOnce);

  function bestTwo(probe: Int8Array, skip: RowRange = { from: count, to: count }): BestTwo {
    wideProbe.set(probe);
    bests.fill(-1);
    cosines.fill(Number.NEGATIVE_INFINITY);
    // Without dimensions there is nothing to compare, and the kernel's loops run at least once.
    if (stride > 0) {
      exports.rank(0, skip.from);
      exports.rank(skip.to, count);
    }
    return { first: bests[0]!, firstCosine: cosines[0]!, second: bests[1]!, secondCosine: cosines[1]! };
  }

  function dots(probe: Int8Array, out: Int32Array): void {
    wideProbe.set(probe);
    for (let from = 0; from < count; from += dotsAtOnce) {
      const to = Math.min(count, from + dotsAtOnce);
      exports.dots(from, to, place.dots);
      out.set(dotsOut.subarray(0, to - from), from);
    }
  }

  const matcher: Matcher = { name: 'wasm-simd', matrix: stride === dimensions ? data : null, bestTwo, dots };
  kernels.set(matcher, kernel);
  return matcher;
}

/** The kernel that a spent matcher leaves, and nothing of what it knew; `null` where its memory is too small or far too large. */
function kernelOf(spent: Matcher | null, bytes: number): Kernel | null {
  const kernel = spent === null ? undefined : kernels.get(spent);
  if (spent === null || kernel === undefined) return null;
  const { byteLength } = kernel.memory.buffer;
  if (byteLength < bytes || byteLength > 2 * pagesFor(bytes) * pageBytes) return null;
  kernels.delete(spent);
  new Uint8Array(kernel.memory.buffer).fill(0);
  return kernel;
}

/** Where everything lies in the memory; whole multiples of 64 bytes, one cache line. */
function placesOf(rows: number, stride: number) {
  let end = 0;
  const next = (bytes: number) => {
    const start = end;
    end += Math.ceil(bytes / 64) * 64;
    return start;
  };
  const state = next(24);
  const probe = next(2 * stride);
  const dots = next(4 * dotsAtOnce);
  const inverse = next(4 * rows);
  const owners = next(4 * rows);
  const data = next(rows * stride);
  return { state, probe, dots, inverse, owners, data, end };
}

function instantiate(bytes: number): Kernel {
  if (bytes > longestMemoryBytes) throw new Error('the gallery is larger than WebAssembly can address');
  compiled ??= compile();
  const { api, module } = compiled;
  const memory = new api.Memory({ initial: pagesFor(bytes) });
  const { exports } = new api.Instance(module, { limen: { memory } });
  return { exports: exports as KernelExports, memory };
}

/** One page in 16 to spare: a gallery that grows by a few people finds its place in the memory of an earlier one. */
function pagesFor(bytes: number): number {
  return Math.min(longestMemoryBytes / pageBytes, Math.ceil((bytes * 17) / 16 / pageBytes));
}

function compile(): NonNullable<typeof compiled> {
  // Missing where Node runs without its compiler (--jitless); the module does not compile where the processor has no SIMD.
  const { WebAssembly: api } = globalThis as { WebAssembly?: WasmApi };
  if (api === undefined) throw new Error('this Node has no WebAssembly');
  return { api, module: new api.Module(Buffer.from(kernelBase64, 'base64')) };
}
