import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import test from 'ava';
import * as ort from 'onnxruntime-node';
import { drawPicture, type PictureName, pictures } from '../../models/build/pictures.ts';
import type { ReferenceCase } from '../../models/build/reference.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { cosine, relativeError, run } from './support.ts';

const folder = join(packageRoot(), 'models/faceapi');
const pack = JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8'));
const reference: { cases: ReferenceCase[] } = JSON.parse(
  await readFile(join(packageRoot(), 'test/models/reference.json'), 'utf8'),
);

for (const role of ['detector', 'landmarks', 'embedder'] as const) {
  test(`the ${role} file is the one pack.json names`, async (t) => {
    const bytes = await readFile(join(folder, pack[role].file));
    t.is(createHash('sha256').update(bytes).digest('hex'), pack[role].sha256);
    t.is(bytes.length, pack[role].bytes);
  });
}

test("the file of the embedder's second net is the one pack.json names", async (t) => {
  const { file, sha256 } = pack.embedder.second;
  t.is(
    createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex'),
    sha256,
  );
});

test("the landmarks answer like face-api's own", async (t) => {
  const session = await ort.InferenceSession.create(join(folder, pack.landmarks.file));
  t.deepEqual(session.inputNames, [pack.landmarks.input.name]);
  t.deepEqual(session.outputNames, [pack.landmarks.output.name]);
  for (const { picture, widthPx, heightPx, values } of reference.cases.filter(({ role }) => role === 'landmarks')) {
    const { data } = await run(session, drawPicture(picture, widthPx, heightPx), [1, 3, heightPx, widthPx]);
    t.true(relativeError(data, values) <= 1e-4, picture);
  }
});

test("the embedder's first net answers like face-api's own, straight and in the mirror", async (t) => {
  const session = await ort.InferenceSession.create(join(folder, pack.embedder.file));
  t.deepEqual(session.inputNames, [pack.embedder.input.name]);
  t.deepEqual(session.outputNames, [pack.embedder.output.name]);
  const ask = async (chip: Float32Array) => {
    const { data } = await run(session, chip, [1, 3, 192, 192]);
    return data.map((value) => value / Math.hypot(...data));
  };
  for (const { picture, values } of reference.cases.filter(({ role }) => role === 'embedder')) {
    const chip = drawPicture(picture, 192, 192);
    // About the mean face's axis of symmetry, which lies a pixel left of the middle; the edge that this bares is repeated.
    const mirrored = chip.map((_, i) => chip[i - (i % 192) + Math.max(0, 190 - (i % 192))]!);
    const [one, other] = [await ask(chip), await ask(mirrored)];
    t.true(
      cosine(
        one.map((value, i) => value + other[i]!),
        values,
      ) >= 0.99,
      picture,
    );
  }
});

test("the detector answers like human's own", async (t) => {
  const session = await ort.InferenceSession.create(join(folder, pack.detector.file));
  const original = await humansDetector();
  for (const picture of Object.keys(pictures) as PictureName[]) {
    const planes = drawPicture(picture, 256, 256);
    const answers = await session.run({ input: new ort.Tensor('float32', planes, [1, 3, 256, 256]) });
    const expected = original(planes);
    for (const name of ['scores_16', 'boxes_16', 'scores_32', 'boxes_32']) {
      const { data, dims } = answers[name]!;
      // The original lists cells row by row, all values of a cell together.
      const [, channels, rows, columns] = dims as [number, number, number, number];
      const cells = rows * columns;
      const listed = Float32Array.from({ length: data.length }, (_, i) =>
        Number(data[(i % channels) * cells + Math.floor(i / channels)]),
      );
      t.true(relativeError(listed, expected[name]!) <= 1e-4, `${name} of ${picture}`);
    }
  }
});

test("the embedder's second net answers like human's own", async (t) => {
  const shipped = await graphModel(folder, 'embedder-second.tfjs');
  const original = await graphModel(join(packageRoot(), 'node_modules/@vladmandic/human/models'), 'faceres');
  const directions = new Float32Array(
    new Uint8Array(await readFile(join(packageRoot(), 'models/build/projection.f32'))).buffer,
  );
  for (const picture of Object.keys(pictures) as PictureName[]) {
    const planes = tf.tensor4d(drawPicture(picture, 192, 192), [1, 3, 192, 192]);
    const answer = shipped.execute({ input: planes }, 'embedding') as tf.Tensor;
    const centred = tf.sub(tf.transpose(planes, [0, 2, 3, 1]), [123.68, 116.779, 103.939]);
    const features = original.execute(tf.reverse(centred, 3), 'global_pooling/Mean') as tf.Tensor;
    const expected = tf.matMul(tf.tensor2d(directions, [128, 1024]), tf.sqrt(features) as tf.Tensor2D, false, true);
    const alike = cosine(answer.dataSync(), expected.dataSync());
    // The GraphModel's weights are bytes.
    t.true(alike >= 0.94, `${picture}: ${alike}`);
  }
});

/** The network inside the npm package @vladmandic/human, run by TensorFlow.js' plain CPU backend. */
async function humansDetector(): Promise<(planes: Float32Array) => Record<string, Float32Array>> {
  const graph = await graphModel(join(packageRoot(), 'node_modules/@vladmandic/human/models'), 'blazeface');
  return (planes) => {
    const picture = tf.transpose(tf.tensor4d(planes, [1, 3, 256, 256]), [0, 2, 3, 1]);
    const names = ['Identity', 'Identity_2', 'Identity_1', 'Identity_3'];
    const outputs = graph.execute(tf.sub(tf.div(picture, 127), 1), names) as tf.Tensor[];
    const [scores16, boxes16, scores32, boxes32] = outputs.map((output) => output.dataSync() as Float32Array);
    return { scores_16: scores16!, boxes_16: boxes16!, scores_32: scores32!, boxes_32: boxes32! };
  };
}

async function graphModel(from: string, name: string): Promise<GraphModel> {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(from, `${name}.json`), 'utf8'));
  const weightData = new Uint8Array(await readFile(join(from, `${name}.bin`))).buffer;
  // Where the original names the size of its pictures, the weights do not mind another.
  for (const node of modelTopology.node) if (node.op === 'Placeholder') delete node.attr.shape;
  await tf.setBackend('cpu');
  return loadGraphModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }));
}
