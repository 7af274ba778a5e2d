import * as ort from 'onnxruntime-node';

/** What a network answered. */
export interface Output {
  dims: number[];
  data: Float32Array;
}

/** Run a network with one input and one output. */
export async function run(session: ort.InferenceSession, input: Float32Array, dims: number[]): Promise<Output> {
  const results = await session.run({ [session.inputNames[0]!]: new ort.Tensor('float32', input, dims) });
  const output = results[session.outputNames[0]!]!;
  return { dims: [...output.dims], data: output.data as Float32Array };
}

/** The cosine of the angle between two vectors. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The largest difference, as a share of the largest expected value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / largest;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
