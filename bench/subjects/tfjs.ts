import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

/** The part of TensorFlow.js that the bench touches itself. */
export interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  ready(): Promise<void>;
  readonly Tensor: { readonly prototype: Record<string, unknown> };
  readonly image: { readonly resizeBilinear: Operation };
  tensor3d(data: Uint8Array, shape: [number, number, number], type: 'int32'): { dispose(): void };
}

type Operation = (tensor: unknown, ...rest: unknown[]) => unknown;
type Loader = (request: string, ...rest: unknown[]) => unknown;

/**
 * TensorFlow.js on its WebAssembly backend, under the name by which the peers' published files require it.
 *
 * They ask for the package `@tensorflow/tfjs`, which is nothing but core, converter, layers, data and two more backends
 * under one name. Neither peer uses those others on this backend, so core and converter answer for it; the code that
 * runs, and its version, are the same.
 */
export async function tensorFlowOnWasm(): Promise<{ require: NodeJS.Require; tf: TensorFlow }> {
  const require = createRequire(import.meta.url);
  const core = require('@tensorflow/tfjs-core') as TensorFlow;
  addMethods(core, require);
  const whole = { ...core, ...(require('@tensorflow/tfjs-converter') as object) };
  const modules = require('node:module') as { _load: Loader };
  const load = modules._load;
  modules._load = (request, ...rest) => (request === '@tensorflow/tfjs' ? whole : load(request, ...rest));
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  await core.setBackend('wasm');
  await core.ready();
  if (core.getBackend() !== 'wasm') throw new Error(`TensorFlow.js runs on ${core.getBackend()}, not on wasm`);
  return { require, tf: core };
}

/**
 * `tensor.sub(x)` for `sub(tensor, x)`: the whole package adds these methods when it loads, core alone does not. One file
 * each in a folder of core says which there are.
 */
function addMethods(core: TensorFlow, require: NodeJS.Require): void {
  const operations = core as unknown as Record<string, Operation>;
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-core')), 'public/chained_ops');
  const wanted = new Set(readdirSync(folder).map((file) => plain(file.split('.')[0] as string)));
  const method = (call: Operation) =>
    function (this: unknown, ...rest: unknown[]) {
      return call(this, ...rest);
    };
  const { prototype } = core.Tensor;
  for (const [name, operation] of Object.entries(operations)) {
    if (wanted.has(plain(name))) prototype[name] = method(operation);
  }
  const { reshape, cast } = operations as { reshape: Operation; cast: Operation };
  for (const name of ['as2D', 'as3D', 'as4D', 'asScalar']) prototype[name] = method((t, ...shape) => reshape(t, shape));
  for (const name of ['as1D', 'flatten']) prototype[name] = method((t) => reshape(t, [-1]));
  prototype.toFloat = method((t) => cast(t, 'float32'));
  prototype.toInt = method((t) => cast(t, 'int32'));
  prototype.resizeBilinear = method(core.image.resizeBilinear);
}

/** `arg_max` and `argMax` are one name. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
