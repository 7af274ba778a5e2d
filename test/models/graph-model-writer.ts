import { Buffer } from 'node:buffer';
import {
  type ConvOptions,
  type EmbedOptions,
  type LayerWriter,
  randomWeights,
  writeInceptionResnetV1,
} from './inception-resnet-v1.ts';

/** A GraphModel as tensorflowjs_converter leaves it: a description and its weights in pieces. */
export interface GraphModelFiles {
  readonly description: Uint8Array;
  readonly shards: Readonly<Record<string, Uint8Array>>;
}

/** The FaceNet that `faceNetOnnx` writes, with the same weights, as a TF.js GraphModel. */
export function faceNetGraphModel({ dimensions }: { dimensions: number }): GraphModelFiles {
  const net = new GraphModelWriter();
  net.node('Placeholder', [], { dtype: float, shape: { shape: { dim: [-1, 160, 160, 3].map(sized) } } }, 'picture');
  const embedding = writeInceptionResnetV1(net, 'picture', { dimensions, normalise: false });
  net.node('Identity', [embedding], {}, 'embeddings');
  return net.files();
}

const float = { type: 'DT_FLOAT' };
const sized = (size: number) => ({ size: String(size) });
const word = (text: string) => ({ s: Buffer.from(text).toString('base64') });
const sizes = (values: readonly number[]) => ({ list: { i: values.map(String) } });

/** TensorFlow's nodes in NHWC, with weights in the order of rows, columns, from, to. */
class GraphModelWriter implements LayerWriter {
  readonly #nodes: object[] = [];
  readonly #weights = new Map<string, { spec: object; data: Uint8Array }>();
  #count = 0;

  node(op: string, input: readonly string[], attr: object = {}, output?: string): string {
    const name = output ?? `value-${this.#count++}`;
    this.#nodes.push({
      name,
      op,
      input,
      attr: { ...(op !== 'Placeholder' && op !== 'Const' && { T: float }), ...attr },
    });
    return name;
  }

  constant(name: string, shape: readonly number[], values: () => Float32Array | Int32Array): string {
    if (this.#weights.has(name)) return name;
    const data = values();
    const isFloat = data instanceof Float32Array;
    this.node('Const', [], { dtype: isFloat ? float : { type: 'DT_INT32' }, value: { tensor: {} } }, name);
    const spec = { name, shape, dtype: isFloat ? 'float32' : 'int32' };
    this.#weights.set(name, { spec, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    return name;
  }

  conv(from: string, { weights, kernel, channels, stride = 1, pad = false, relu = true }: ConvOptions): string {
    const [rows, columns] = kernel;
    const [fromChannels, to] = channels;
    const kernels = this.constant(weights, [rows, columns, fromChannels, to], () =>
      outputsLast(randomWeights(weights, to, fromChannels * rows * columns), { rows, columns, from: fromChannels, to }),
    );
    const bias = this.constant(`${weights}-bias`, [to], () =>
      randomWeights(`${weights}-bias`, to, 1).map((value) => value / 50),
    );
    const result = this.node('Conv2D', [from, kernels], {
      ...{ data_format: word('NHWC'), padding: word(pad ? 'SAME' : 'VALID') },
      ...{ strides: sizes([1, stride, stride, 1]), dilations: sizes([1, 1, 1, 1]) },
    });
    const sum = this.node('BiasAdd', [result, bias], { data_format: word('NHWC') });
    return relu ? this.node('Relu', [sum]) : sum;
  }

  maxPool(from: string): string {
    const [ksize, strides] = [sizes([1, 3, 3, 1]), sizes([1, 2, 2, 1])];
    return this.node('MaxPool', [from], { ksize, strides, padding: word('VALID'), data_format: word('NHWC') });
  }

  concat(values: readonly string[]): string {
    const axis = this.constant('axis', [], () => Int32Array.of(3));
    return this.node('ConcatV2', [...values, axis], { N: { i: String(values.length) }, Tidx: { type: 'DT_INT32' } });
  }

  residual(value: string, change: string, { scale, relu }: { scale: number; relu: boolean }): string {
    const by = this.constant(`scale-${scale}`, [], () => Float32Array.of(scale));
    const sum = this.node('AddV2', [value, this.node('Mul', [change, by])]);
    return relu ? this.node('Relu', [sum]) : sum;
  }

  embed(from: string, { channels, dimensions }: EmbedOptions): string {
    const axes = this.constant('axes', [2], () => Int32Array.of(1, 2));
    const mean = this.node('Mean', [from, axes], { keep_dims: { b: false }, Tidx: { type: 'DT_INT32' } });
    const dense = this.constant('dense', [dimensions, channels], () => randomWeights('dense', dimensions, channels));
    return this.node('MatMul', [mean, dense], { transpose_a: { b: false }, transpose_b: { b: true } });
  }

  /** Two pieces, cut where no tensor ends, as the converter cuts every 4 MB. */
  files(): GraphModelFiles {
    const all = Buffer.concat([...this.#weights.values()].map(({ data }) => data));
    const cut = Math.floor(all.length / 2) + 1;
    const shards = { 'group1-shard1of2.bin': all.subarray(0, cut), 'group1-shard2of2.bin': all.subarray(cut) };
    const weights = [...this.#weights.values()].map(({ spec }) => spec);
    const model = {
      format: 'graph-model',
      modelTopology: { node: this.#nodes, library: {}, versions: { producer: 1 } },
      weightsManifest: [{ paths: Object.keys(shards), weights }],
    };
    return { description: Buffer.from(JSON.stringify(model)), shards };
  }
}

/** ONNX has the outputs of a convolution first, TensorFlow last. */
function outputsLast(
  values: Float32Array,
  { rows, columns, from, to }: { rows: number; columns: number; from: number; to: number },
): Float32Array {
  const turned = new Float32Array(values.length);
  const cells = rows * columns;
  for (let output = 0, i = 0; output < to; output++) {
    for (let input = 0; input < from; input++) {
      for (let cell = 0; cell < cells; cell++, i++) turned[(cell * from + input) * to + output] = values[i] as number;
    }
  }
  return turned;
}
