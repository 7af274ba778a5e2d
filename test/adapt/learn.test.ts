import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import type { Enrolled } from '../../src/adapt/enrolled.ts';
import { enrolledFrom } from '../../src/adapt/enrolled.ts';
import { projectRows } from '../../src/adapt/held-out.ts';
import { learnProjection } from '../../src/adapt/learn.ts';
import { mineTriplets } from '../../src/adapt/triplets.ts';
import { bindWasm } from '../../src/engine/tensorflow.ts';
import { dimensions, madePeople } from './people.ts';

const enrolled = enrolledFrom(madePeople({ people: 20, pictures: 4, nuisance: 2, noise: 0.3 }));

/** The triplet loss of all semi-hard triplets, computed the plain way. */
function lossOf({ rows, owners, dimensions: d }: Enrolled, margin: number): number {
  const count = owners.length;
  const distances = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      for (let i = 0; i < d; i++) distances[a * count + b]! += (rows[a * d + i]! - rows[b * d + i]!) ** 2;
    }
  }
  const triplets = mineTriplets({ distances, owners, margin, rule: 'semi-hard' });
  const at = (a: number, b: number) => distances[a * count + b]!;
  const losses = triplets.map(({ anchor, positive, negative }) => at(anchor, positive) - at(anchor, negative) + margin);
  return losses.reduce((sum, loss) => sum + loss, 0) / owners.length;
}

test('the loss falls, and what says nothing about a person is made smaller', async (t) => {
  const { matrix, losses } = await learnProjection({ enrolled, tensorFlow: await bindWasm() });
  t.true(losses.every(Number.isFinite));
  t.true(lossOf(projectRows(enrolled, matrix), 0.1) < 0.5 * lossOf(enrolled, 0.1));
  const gain = (i: number) => Math.abs(matrix[i * dimensions + i]!);
  for (const nuisance of [0, 1]) {
    for (let i = 2; i < dimensions; i++) t.true(gain(nuisance) < 0.7 * gain(i), `${gain(nuisance)} against ${gain(i)}`);
  }
});

test('one step goes down the slope that differences show', async (t) => {
  const small = enrolledFrom(madePeople({ people: 6, pictures: 3, nuisance: 2, noise: 0.3 }));
  const tensorFlow = await bindWasm();
  const rate = 1e-3;
  const { matrix, losses } = await learnProjection({
    enrolled: small,
    tensorFlow,
    options: { steps: 1, learningRate: rate, hold: 0 },
  });
  const slope = matrix.map((value, i) => (value - (i % (dimensions + 1) === 0 ? 1 : 0)) / -rate);
  const steepness = slope.reduce((sum, value) => sum + value ** 2, 0);
  const moved = projectRows(small, matrix);
  const [after] = (await learnProjection({ enrolled: moved, tensorFlow, options: { steps: 1 } })).losses;
  // The mined triplets may change by a few between the two, so the first order is all that is asked for.
  const fell = losses[0]! - after!;
  t.true(fell > 0.5 * rate * steepness && fell < 1.5 * rate * steepness, `${fell} for ${rate * steepness}`);
});

test.serial('the same templates give the same matrix, and nothing is left in memory', async (t) => {
  const tensorFlow = await bindWasm();
  const learn = () => learnProjection({ enrolled, tensorFlow, options: { steps: 5 } });
  const { matrix } = await learn();
  const { numTensors } = tf.memory();
  t.deepEqual((await learn()).matrix, matrix);
  t.is(tf.memory().numTensors, numTensors);
});

test('held firmly, it stays the identity', async (t) => {
  const { matrix } = await learnProjection({
    enrolled,
    tensorFlow: await bindWasm(),
    options: { hold: 100, learningRate: 0.001 },
  });
  t.true(matrix.every((value, i) => Math.abs(value - (i % (dimensions + 1) === 0 ? 1 : 0)) < 0.02));
});

test('it stops when it is told to', async (t) => {
  const learning = learnProjection({ enrolled, tensorFlow: await bindWasm(), signal: AbortSignal.abort('enough') });
  t.is(await learning.catch((reason: unknown) => reason), 'enough');
});
