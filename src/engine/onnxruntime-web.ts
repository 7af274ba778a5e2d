import { LimenError, messageOf } from '../domain/errors.ts';
import type { OpenEngine } from './engine.ts';
import { engineOver } from './onnxruntime.ts';

/**
 * ONNX Runtime as WebAssembly: runs wherever Node runs, several times slower than native code.
 * One thread, whatever is asked: its threads would be further workers of the worker that vision runs in.
 * The `.wasm` file lies in the package; nothing is fetched.
 */
export const openEngine: OpenEngine = async () => {
  const ort = await import('onnxruntime-web').catch((cause: unknown) => {
    throw new LimenError('engine.missing', `onnxruntime-web does not load here: ${messageOf(cause)}`, {
      hint: 'Run `npm ci` again on this machine.',
      cause,
    });
  });
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return engineOver(ort, `onnxruntime-web ${ort.env.versions.web} (wasm)`, { executionProviders: ['wasm'] });
};
