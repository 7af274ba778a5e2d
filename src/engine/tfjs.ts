import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { io, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Engine, Network, OpenEngine, Tensor } from './engine.ts';
import { bindTensorFlow, type TensorFlow } from './tensorflow.ts';

/**
 * TensorFlow.js: native code where `@tensorflow/tfjs-node` is installed, else WebAssembly with one thread.
 * It runs GraphModels, not ONNX files.
 */
export const openEngine: OpenEngine = async () => engineOverTensorFlow(await bindTensorFlow());

/** An engine over one backend of TensorFlow.js. */
export async function engineOverTensorFlow(tensorFlow: TensorFlow): Promise<Engine> {
  const { loadGraphModelSync } = await import('@tensorflow/tfjs-converter').catch((cause: unknown) => {
    throw new LimenError('engine.missing', `@tensorflow/tfjs-converter does not load here: ${messageOf(cause)}`, {
      hint: 'Run `npm ci` again on this machine, or set recognition.engine to onnxruntime-node.',
      cause,
    });
  });
  const { tf, backend, handicap } = tensorFlow;
  const name = `tfjs ${tf.version_core} (${backend})`;
  return {
    name,
    format: 'tfjs',
    ...(handicap !== undefined && { handicap }),
    async load(description, weights = new Uint8Array()) {
      try {
        return networkOver(tensorFlow, loadGraphModelSync(artifactsOf(description, weights)), name);
      } catch (cause) {
        throw new LimenError('engine.failed', `${name} refuses the network: ${messageOf(cause)}`, {
          hint: 'The model files are damaged or are no GraphModel: fetch the pack again, then run `limen doctor`.',
          cause,
        });
      }
    },
  };
}

/** From memory: what runs is what was verified, and nothing is fetched. */
function artifactsOf(description: Uint8Array, weights: Uint8Array): [io.ModelJSON, ArrayBuffer] {
  const model = JSON.parse(new TextDecoder().decode(description)) as io.ModelJSON;
  const needed = model.weightsManifest.flatMap((group) => group.weights).reduce((sum, spec) => sum + bytesOf(spec), 0);
  if (needed !== weights.byteLength) {
    throw new Error(`its weights are ${weights.byteLength} bytes long instead of ${needed}`);
  }
  return [model, Uint8Array.from(weights).buffer];
}

const bytesPerValue: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

function bytesOf({ name, shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  const each = bytesPerValue[stored];
  if (each === undefined) throw new Error(`the weights ${name} are stored as ${stored}`);
  return shape.reduce((count, side) => count * side, each);
}

function networkOver({ tf }: TensorFlow, model: GraphModel<io.IOHandlerSync>, name: string): Network {
  const { inputNodes: inputNames, outputNodes: outputNames } = model;
  return {
    inputNames,
    outputNames,
    async run(inputs) {
      const held: TfTensor[] = [];
      try {
        const feeds = Object.entries(inputs).map(([input, { data, dims }]) => {
          const tensor = tf.tensor(data, [...dims], 'float32');
          held.push(tensor);
          return [input, tensor] as const;
        });
        const results = [model.execute(Object.fromEntries(feeds), [...outputNames])].flat();
        held.push(...results);
        const read = await Promise.all(results.map(readTensor));
        return Object.fromEntries(outputNames.map((output, i) => [output, read[i] as Tensor]));
      } catch (cause) {
        throw new LimenError('engine.failed', `${name} could not run the network: ${messageOf(cause)}`, { cause });
      } finally {
        tf.dispose(held);
      }
    },
    async release() {
      model.dispose();
    },
  };
}

async function readTensor(tensor: TfTensor): Promise<Tensor> {
  if (tensor.dtype !== 'float32') throw new Error(`an output is ${tensor.dtype}, not float32`);
  // A copy: WebAssembly hands out a view of memory that the next run writes into.
  return { dims: tensor.shape, data: Float32Array.from((await tensor.data()) as Float32Array) };
}
