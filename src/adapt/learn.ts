import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { LimenError } from '../domain/errors.ts';
import type { TensorFlow } from '../engine/tensorflow.ts';
import type { Enrolled } from './enrolled.ts';
import { mineTriplets, type Triplet } from './triplets.ts';

/** How a projection is learned. */
export interface LearningOptions {
  /** α, in squared Euclidean distance of unit vectors (0 to 4). */
  readonly margin: number;
  /** How strongly the matrix is held to the identity: sites are small, and the embedder knows more people. */
  readonly hold: number;
  readonly steps: number;
  readonly learningRate: number;
}

/** Tried on one half of LFW's people, where nothing gained and these lost least: see docs/adapt.md. */
export const learningDefaults: LearningOptions = { margin: 0.1, hold: 0.02, steps: 60, learningRate: 0.3 };

/** What was learned. */
export interface Learned {
  /** `[dimensions, dimensions] float32`, row after row: out = matrix · in. */
  readonly matrix: Float32Array;
  /** The loss before each step. */
  readonly losses: readonly number[];
}

/** From whom, on what, and how to stop. */
export interface Learning {
  readonly enrolled: Enrolled;
  readonly tensorFlow: TensorFlow;
  readonly options?: Partial<LearningOptions>;
  readonly signal?: AbortSignal;
}

/**
 * Learn a square projection by triplet loss (Schroff et al. 2015), beginning at the identity: semi-hard negatives in the
 * first half of the steps, then the hardest. The same templates give the same matrix.
 *
 * @throws LimenError `adapt.failed` when the loss is no number any more; the signal's reason when it aborts.
 */
export async function learnProjection({ enrolled, tensorFlow, options, signal }: Learning): Promise<Learned> {
  const { tf } = tensorFlow;
  const settings = { ...learningDefaults, ...options };
  const { dimensions, rows, owners } = enrolled;
  const identity = tf.tidy(() => tf.eye(dimensions) as Tensor2D);
  const matrix = tf.variable(identity, true) as Variable & Tensor2D;
  const inputs = tf.tensor2d(rows, [owners.length, dimensions]);
  const optimizer = tf.train.sgd(settings.learningRate);
  const losses: number[] = [];
  try {
    for (let step = 0; step < settings.steps; step++) {
      signal?.throwIfAborted();
      const distances = await distancesIn({ tf, inputs, matrix });
      const rule = step < settings.steps / 2 ? 'semi-hard' : 'hard';
      const triplets = mineTriplets({ distances, owners, margin: settings.margin, rule });
      const gradient = tf.tidy(() => {
        const held = tf.sub(matrix, identity);
        const pull = tf.mul(held, 2 * settings.hold);
        return tf.add(pull, gradientOf({ tf, inputs, matrix }, triplets)) as Tensor2D;
      });
      const moved = tf.tidy(() => tf.sum(tf.square(tf.sub(matrix, identity))));
      const [farFromIdentity] = await moved.data();
      losses.push(lossOf(triplets, distances, settings.margin) + settings.hold * (farFromIdentity as number));
      optimizer.applyGradients([{ name: matrix.name, tensor: gradient }]);
      tf.dispose([gradient, moved]);
      if (!Number.isFinite(losses.at(-1))) throw new LimenError('adapt.failed', 'Learning a projection ran away.');
    }
    return { matrix: Float32Array.from(await matrix.data()), losses };
  } finally {
    optimizer.dispose();
    tf.dispose([matrix, identity, inputs]);
  }
}

/** One state of the learning. */
interface State {
  readonly tf: TensorFlow['tf'];
  /** `[rows, dimensions]`: the templates as they were enrolled. */
  readonly inputs: Tensor2D;
  /** `[dimensions, dimensions]`. */
  readonly matrix: Tensor2D;
}

/** The rows after the projection, and their lengths before they are made one. */
function projected({ tf, inputs, matrix }: State): { unit: Tensor2D; lengths: Tensor2D } {
  const values = tf.matMul(inputs, matrix, false, true);
  const lengths = tf.sqrt(tf.sum(tf.square(values), 1, true)) as Tensor2D;
  return { unit: tf.div(values, lengths) as Tensor2D, lengths };
}

/** Squared Euclidean distances of all rows to all rows. */
async function distancesIn(state: State): Promise<Float32Array> {
  const { tf } = state;
  const distances = tf.tidy(() => {
    const { unit } = projected(state);
    return tf.sub(2, tf.mul(2, tf.matMul(unit, unit, false, true)));
  });
  const values = Float32Array.from(await distances.data());
  distances.dispose();
  return values;
}

/** Mean of |a − p|² − |a − n|² + α: mined triplets are all of those, and only those, where that is above zero. */
function lossOf(triplets: readonly Triplet[], distances: Float32Array, margin: number): number {
  const count = Math.sqrt(distances.length);
  const at = (a: number, b: number) => distances[a * count + b] as number;
  const sum = triplets.reduce(
    (all, { anchor: a, positive, negative }) => all + at(a, positive) - at(a, negative) + margin,
    0,
  );
  return sum / Math.max(1, triplets.length);
}

/**
 * d loss / d matrix. On unit vectors the loss of a triplet is 2 a·(n − p) + α, so its gradient by all rows together is a
 * symmetric matrix times the rows; the rest is the derivative of making a vector one long.
 */
function gradientOf(state: State, triplets: readonly Triplet[]): Tensor2D {
  const { tf, inputs } = state;
  const { unit, lengths } = projected(state);
  const byUnit = tf.matMul(pushAndPull(tf, triplets, inputs.shape[0]), unit);
  const along = tf.sum(tf.mul(byUnit, unit), 1, true);
  const byValue = tf.div(tf.sub(byUnit, tf.mul(unit, along)), lengths) as Tensor2D;
  return tf.matMul(byValue, inputs, true, false);
}

/** Who pulls whom (below zero) and who pushes whom. */
function pushAndPull(tf: State['tf'], triplets: readonly Triplet[], count: number): Tensor2D {
  const weights = new Float32Array(count * count);
  const each = 2 / Math.max(1, triplets.length);
  const add = (a: number, b: number, weight: number) => {
    weights[a * count + b]! += weight;
    weights[b * count + a]! += weight;
  };
  for (const { anchor, positive, negative } of triplets) {
    add(anchor, positive, -each);
    add(anchor, negative, each);
  }
  return tf.tensor2d(weights, [count, count]);
}
