import { Buffer } from 'node:buffer';
import {
  type ConvOptions,
  type EmbedOptions,
  type LayerWriter,
  randomWeights,
  writeInceptionResnetV1,
} from './inception-resnet-v1.ts';

/** What a FaceNet file may look like. */
export interface FaceNetFile {
  readonly dimensions: number;
  readonly layout: 'NCHW' | 'NHWC';
  /** Whether the network itself makes its answer a unit vector. */
  readonly normalise: boolean;
  /** Takes one picture only. */
  readonly oneOnly?: boolean;
}

/** A FaceNet of the true architecture and random weights, as the bytes of an ONNX file. */
export function faceNetOnnx({ dimensions, layout, normalise, oneOnly = false }: FaceNetFile): Uint8Array {
  const net = new OnnxWriter();
  const picture = layout === 'NHWC' ? net.node('Transpose', ['picture'], { perm: [0, 3, 1, 2] }) : 'picture';
  const embedding = writeInceptionResnetV1(net, picture, { dimensions, normalise });
  net.node('Identity', [embedding], {}, 'embeddings');
  const batch = oneOnly ? 1 : 'batch';
  const dims = layout === 'NHWC' ? [batch, 160, 160, 3] : [batch, 3, 160, 160];
  return net.model({ picture: dims }, { embeddings: [batch, dimensions] });
}

type Dims = readonly (number | string)[];
type Attribute = number | readonly number[];

/** Nodes and weights, and at the end the bytes: ONNX's schema (onnx.proto3) by its field numbers. */
export class OnnxWriter implements LayerWriter {
  readonly #nodes: Buffer[] = [];
  readonly #tensors = new Map<string, Buffer>();
  #count = 0;

  /** Add a node, and return the name of its one output. Whole numbers become ints, others floats. */
  node(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}, output?: string): string {
    const name = output ?? `value-${this.#count++}`;
    this.#nodes.push(
      message(
        ...inputs.map((input) => text(1, input)),
        text(2, name),
        text(4, type),
        ...Object.entries(attributes).map(([key, value]) => field(5, attribute(key, value))),
      ),
    );
    return name;
  }

  /** Add weights once per name. */
  weights(name: string, dims: readonly number[], data: () => Float32Array): string {
    if (!this.#tensors.has(name)) {
      const values = data();
      const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      this.#tensors.set(name, message(...dims.map((dim) => int(1, dim)), int(2, 1), text(8, name), field(9, raw)));
    }
    return name;
  }

  conv(from: string, { weights, kernel, channels, stride = 1, pad = false, relu = true }: ConvOptions): string {
    const [rows, columns] = kernel;
    const [fromChannels, to] = channels;
    const fanIn = fromChannels * rows * columns;
    const kernels = this.weights(weights, [to, fromChannels, rows, columns], () => randomWeights(weights, to, fanIn));
    const bias = this.weights(`${weights}-bias`, [to], () =>
      randomWeights(`${weights}-bias`, to, 1).map((value) => value / 50),
    );
    const [down, across] = pad ? [(rows - 1) / 2, (columns - 1) / 2] : [0, 0];
    const result = this.node('Conv', [from, kernels, bias], {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads: [down, across, down, across],
    });
    return relu ? this.node('Relu', [result]) : result;
  }

  maxPool(from: string): string {
    return this.node('MaxPool', [from], { kernel_shape: [3, 3], strides: [2, 2] });
  }

  concat(values: readonly string[]): string {
    return this.node('Concat', values, { axis: 1 });
  }

  residual(value: string, change: string, { scale, relu }: { scale: number; relu: boolean }): string {
    const by = this.weights(`scale-${scale}`, [], () => Float32Array.of(scale));
    const sum = this.node('Add', [value, this.node('Mul', [change, by])]);
    return relu ? this.node('Relu', [sum]) : sum;
  }

  embed(from: string, { channels, dimensions, normalise }: EmbedOptions): string {
    const flat = this.node('Flatten', [this.node('GlobalAveragePool', [from])], { axis: 1 });
    const dense = this.weights('dense', [dimensions, channels], () => randomWeights('dense', dimensions, channels));
    const answer = this.node('Gemm', [flat, dense], { transB: 1 });
    return normalise ? this.node('LpNormalization', [answer], { axis: 1, p: 2 }) : answer;
  }

  model(inputs: Readonly<Record<string, Dims>>, outputs: Readonly<Record<string, Dims>>): Uint8Array {
    const graph = message(
      ...this.#nodes.map((node) => field(1, node)),
      text(2, 'facenet'),
      ...[...this.#tensors.values()].map((tensor) => field(5, tensor)),
      ...Object.entries(inputs).map(([name, dims]) => field(11, valueInfo(name, dims))),
      ...Object.entries(outputs).map(([name, dims]) => field(12, valueInfo(name, dims))),
    );
    return message(int(1, 8), field(7, graph), field(8, message(text(1, ''), int(2, 13))));
  }
}

function attribute(name: string, value: Attribute): Buffer {
  if (typeof value === 'number') return message(text(1, name), int(3, value), int(20, 2));
  return message(text(1, name), ...value.map((one) => int(8, one)), int(20, 7));
}

function valueInfo(name: string, dims: Dims): Buffer {
  const shape = message(...dims.map((dim) => field(1, typeof dim === 'number' ? int(1, dim) : text(2, dim))));
  return message(text(1, name), field(2, field(1, message(int(1, 1), field(2, shape)))));
}

// Protocol buffers' wire format: a varint of field number and type, then the value.

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

function int(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      bytes.push(rest);
      return Buffer.from(bytes);
    }
    bytes.push((rest % 128) + 128);
  }
}
