import { LimenError, messageOf } from '../domain/errors.ts';
import type { OpenEngine } from './engine.ts';
import { engineOver } from './onnxruntime.ts';

/** ONNX Runtime as native code: the default, and about five times faster than its WebAssembly twin. */
export const openEngine: OpenEngine = async ({ threads = 1 } = {}) => {
  const { default: ort } = await import('onnxruntime-node').catch((cause: unknown) => {
    throw new LimenError('engine.missing', `onnxruntime-node does not load here: ${messageOf(cause)}`, {
      hint: 'Run `npm ci` again on this machine, or set recognition.engine to onnxruntime-web.',
      cause,
    });
  });
  return engineOver(ort, `onnxruntime-node ${ort.env.versions.node} (cpu)`, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait for work would spin: four times the CPU time where the cores have other duties.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
};
