import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Engine, Network, Tensor } from './engine.ts';

/** The part of ONNX Runtime's JavaScript interface that its native and its WebAssembly package share. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(onnx: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
}

/** Errors only: the runtime's warnings are about its own graph optimizer. */
const logSeverityLevel = 3;

/** An engine over either package of ONNX Runtime. */
export function engineOver(runtime: OnnxRuntime, name: string, session: InferenceSession.SessionOptions): Engine {
  return {
    name,
    format: 'onnx',
    async load(onnx) {
      try {
        const options = { ...session, graphOptimizationLevel: 'all', logSeverityLevel } as const;
        return networkOver(runtime, await runtime.InferenceSession.create(onnx, options), name);
      } catch (cause) {
        throw new LimenError('engine.failed', `${name} refuses the network: ${firstLine(cause)}`, {
          hint: 'The model file is damaged or needs a newer runtime: fetch the pack again, then run `limen doctor`.',
          cause,
        });
      }
    },
  };
}

function networkOver(runtime: OnnxRuntime, session: InferenceSession, name: string): Network {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      try {
        return tensorsOf(await session.run(feedsOf(runtime, inputs)));
      } catch (cause) {
        throw new LimenError('engine.failed', `${name} could not run the network: ${firstLine(cause)}`, { cause });
      }
    },
    release: () => session.release(),
  };
}

function feedsOf(runtime: OnnxRuntime, inputs: Readonly<Record<string, Tensor>>): Record<string, OrtTensor> {
  const feeds: Record<string, OrtTensor> = {};
  for (const [name, { data, dims }] of Object.entries(inputs)) feeds[name] = new runtime.Tensor('float32', data, dims);
  return feeds;
}

function tensorsOf(results: InferenceSession.OnnxValueMapType): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { data, dims, type }] of Object.entries(results)) {
    if (type !== 'float32') throw new Error(`output ${name} is ${type}, not float32`);
    tensors[name] = { dims, data: data as Float32Array };
  }
  return tensors;
}

/** ONNX Runtime appends source locations and stack traces to its messages. */
function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0] as string;
}
