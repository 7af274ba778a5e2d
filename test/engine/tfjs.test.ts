import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import { bindWasm } from '../../src/engine/tensorflow.ts';
import { engineOverTensorFlow } from '../../src/engine/tfjs.ts';
import { loadNetwork, loadPack } from '../../src/vision/pack.ts';
import { engineContract } from '../contract/engine.ts';
import { agreementContract } from '../contract/engine-agreement.ts';

const openEngine = async () => engineOverTensorFlow(await bindWasm());

engineContract('tfjs', openEngine);
agreementContract('tfjs', openEngine);

test('tfjs: nothing is left behind by a hundred runs, failed ones included', async (t) => {
  const network = await loadNetwork(await openEngine(), (await loadPack('faceapi')).landmarks);
  const run = () => network.run({ input: { dims: [1, 3, 112, 112], data: new Float32Array(3 * 112 * 112) } });
  await run();
  const { numTensors, numBytes } = tf.memory();
  for (let i = 0; i < 100; i++) {
    if (i % 10 === 0) await t.throwsAsync(network.run({ input: { dims: [1, 3, 8, 8], data: new Float32Array(192) } }));
    await run();
  }
  t.is(tf.memory().numTensors, numTensors);
  t.is(tf.memory().numBytes, numBytes);
  await network.release();
  t.true(tf.memory().numTensors < numTensors, 'the weights go with the network');
});

test('tfjs: what a run returned stays as it is when the network runs again', async (t) => {
  const network = await loadNetwork(await openEngine(), (await loadPack('faceapi')).landmarks);
  const of = (value: number) =>
    network.run({ input: { dims: [1, 3, 112, 112], data: new Float32Array(3 * 112 * 112).fill(value) } });
  const first = (await of(10)).points!.data;
  const copy = Float32Array.from(first);
  await of(200);
  t.deepEqual(first, copy);
  await network.release();
});
