import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { Handicap } from './engine.ts';

/** TensorFlow.js, bound to one of its backends. */
export interface TensorFlow {
  readonly tf: typeof import('@tensorflow/tfjs-core');
  /** `tensorflow` is native code (libtensorflow), `wasm` is WebAssembly. */
  readonly backend: 'tensorflow' | 'wasm';
  /** Why the native backend is not in use; absent when it is. */
  readonly handicap?: Handicap;
}

const nativePackage = '@tensorflow/tfjs-node';
/** From 23 on Node has no `util.isNullOrUndefined`, which tfjs-node 4.22 calls whenever it runs something. */
const firstNodeWithoutNative = 23;

/** Bind to native code where its owner has installed it, else to WebAssembly. @throws LimenError `engine.missing`. */
export async function bindTensorFlow(): Promise<TensorFlow> {
  try {
    return await bindNative();
  } catch (error) {
    if (!isLimenError(error, 'engine.missing')) throw error;
    return { ...(await bindWasm()), handicap: { says: error.message, mend: error.hint ?? '' } };
  }
}

/**
 * Bind to `@tensorflow/tfjs-node`.
 *
 * @throws LimenError `engine.missing` when it is not installed, does not load, or cannot work on this Node.
 */
export async function bindNative(): Promise<TensorFlow> {
  refuseTooNewNode();
  // Read by libtensorflow when it is loaded: only what went wrong, not which instructions the processor has.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const tf = await quietCore();
  await import(nativePackage).catch((cause: unknown) => {
    throw nativeMissing(cause);
  });
  return bound(tf, 'tensorflow');
}

/** Bind to `@tensorflow/tfjs-backend-wasm`: one thread, SIMD where the processor has it. @throws LimenError `engine.missing`. */
export async function bindWasm(): Promise<TensorFlow> {
  const tf = await quietCore();
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm').catch((cause: unknown) => {
    throw notInstalled('@tensorflow/tfjs-backend-wasm', cause);
  });
  const packageEntry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(dirname(packageEntry) + sep);
  return bound(tf, 'wasm');
}

/** TensorFlow.js prints advertisements and remarks about itself unless it is told that this is production. */
async function quietCore(): Promise<TensorFlow['tf']> {
  const tf = await import('@tensorflow/tfjs-core').catch((cause: unknown) => {
    throw notInstalled('@tensorflow/tfjs-core', cause);
  });
  tf.enableProdMode();
  return tf;
}

/** One after another: of two that begin at once, TensorFlow.js tells the first that it failed. */
let lastBound: Promise<unknown> = Promise.resolve();

/** It falls back to a backend that is ten times slower without a word, so what is in use is asked for. */
async function bound(tf: TensorFlow['tf'], backend: TensorFlow['backend']): Promise<TensorFlow> {
  const turn = lastBound.then(() => tf.setBackend(backend)).catch(() => false);
  lastBound = turn;
  if ((await turn) && tf.getBackend() === backend) return { tf, backend };
  throw new LimenError('engine.missing', `TensorFlow.js does not run on its ${backend} backend here.`, {
    hint: 'Run `npm ci` again on this machine, or set recognition.engine to onnxruntime-node.',
  });
}

function refuseTooNewNode(): void {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < firstNodeWithoutNative) return;
  throw new LimenError(
    'engine.missing',
    `${nativePackage} does not work on Node ${node}: it calls what Node 23 removed.`,
    {
      hint: 'For native speed use Node 20 or 22, or set recognition.engine to onnxruntime-node.',
    },
  );
}

function nativeMissing(cause: unknown): LimenError {
  const isAbsent = systemCodeOf(cause) === 'ERR_MODULE_NOT_FOUND' && messageOf(cause).includes(`'${nativePackage}'`);
  return isAbsent
    ? new LimenError('engine.missing', `${nativePackage} is not installed.`, {
        hint: `For native speed: npm install ${nativePackage}@4.22.0 (it downloads libtensorflow).`,
        cause,
      })
    : new LimenError('engine.missing', `${nativePackage} does not load: ${firstLine(cause)}.`, {
        hint: `Install it again on this machine: npm rebuild ${nativePackage} --build-addon-from-source.`,
        cause,
      });
}

function notInstalled(name: string, cause: unknown): LimenError {
  return new LimenError('engine.missing', `${name} does not load here: ${firstLine(cause)}.`, {
    hint: 'Run `npm ci` again on this machine, or set recognition.engine to onnxruntime-node.',
    cause,
  });
}

/** Node adds a list of who required what. */
function firstLine(error: unknown): string {
  return (messageOf(error).split('\n', 1)[0] as string).replace(/\.$/, '');
}
