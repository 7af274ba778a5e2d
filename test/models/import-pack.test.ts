import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { policyFor } from '../../src/access/policy.ts';
import { isLimenError } from '../../src/domain/errors.ts';
import { cosineDistance, type Template } from '../../src/domain/template.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { openEngine as openTfjs } from '../../src/engine/tfjs.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { type ImportRequest, importPack } from '../../src/models/import-pack.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { shippedPackFolder } from '../../src/vision/pack-folders.ts';
import { createVision } from '../../src/vision/see.ts';
import { temporaryFolders } from '../support/folders.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf } from '../support/people.ts';
import { faceNetGraphModel } from './graph-model-writer.ts';
import { randomWeights } from './inception-resnet-v1.ts';
import { type FaceNetFile, faceNetOnnx, OnnxWriter } from './onnx-writer.ts';

const engine = await openEngine();
const folder = temporaryFolders(test);

function fileOf(bytes: Uint8Array): string {
  const file = join(folder(), 'model.onnx');
  writeFileSync(file, bytes);
  return file;
}

function requestFor(file: string, more: Partial<ImportRequest> = {}): ImportRequest {
  const how = { sidePx: 160, norm: 'prewhiten', channels: 'RGB', alignment: 'arcface-5', mirror: false } as const;
  return { file, name: 'facenet', into: folder(), engine, licence: 'none, a test', ...how, ...more };
}

const faceNets: Array<[FaceNetFile, ImportRequest['norm']]> = [
  [{ dimensions: 512, layout: 'NHWC', normalise: true }, 'fixed'],
  [{ dimensions: 128, layout: 'NCHW', normalise: false, oneOnly: true }, 'prewhiten'],
];

for (const [file, norm] of faceNets) {
  test(`a FaceNet of ${file.dimensions} numbers that takes ${file.layout} becomes a pack`, async (t) => {
    const request = requestFor(fileOf(faceNetOnnx(file)), { norm, mirror: true, dimensions: file.dimensions });
    const { embedder, calibration } = await importPack(request);
    t.is(embedder?.dimensions, file.dimensions);
    t.is(embedder?.input.layout, file.layout);
    t.is(embedder?.input.name, 'picture');
    t.is(embedder?.input.batch, file.oneOnly ? 1 : undefined);
    t.deepEqual(embedder?.output, { name: 'embeddings', normalised: file.normalise });
    t.is(calibration, null);

    const pack = await loadPack(join(request.into, 'facenet'));
    const vision = await createVision({ pack, engine, quality: openGates });
    const look = async () => {
      const data = bytesOf('people/p01/enrol-1.jpg');
      const { sightings } = await vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data });
      return sightings[0]!.template!;
    };
    const [first, second] = [await look(), await look()];
    await vision.close();
    t.is(first.data.length, file.dimensions);
    t.deepEqual(first, second);
    const length = first.scale * Math.hypot(...first.data);
    t.true(Math.abs(length - 1) < 0.02, `${length}`);

    // Nobody has measured it: it opens no door.
    const demands = { targetFpir: 0.01, agreeing: 3, window: 5, decideWithinMs: 2000, liveness: 'off' } as const;
    const judged = () => policyFor(Gallery.empty(pack.embedder.id), pack.calibration, demands);
    t.is((t.throws(judged) as { code?: string }).code, 'calibration.unsupported');
  });
}

test('a FaceNet as a GraphModel becomes a pack, and answers like the same network as ONNX', async (t) => {
  const place = folder();
  const { description, shards } = faceNetGraphModel({ dimensions: 128 });
  writeFileSync(join(place, 'model.json'), description);
  for (const [name, bytes] of Object.entries(shards)) writeFileSync(join(place, name), bytes);
  const tfjs = await openTfjs();
  const graph = requestFor(join(place, 'model.json'), { engine: tfjs });
  const { embedder } = await importPack(graph);
  t.is(embedder?.input.layout, 'NHWC');
  t.is(embedder?.dimensions, 128);
  const onnx = requestFor(fileOf(faceNetOnnx({ dimensions: 128, layout: 'NHWC', normalise: false })));
  await importPack(onnx);

  const [one, other] = [await templateOf(graph, tfjs), await templateOf(onnx, engine)];
  t.not(one.model, other.model);
  const distance = cosineDistance({ ...one, model: other.model }, other);
  t.true(distance < 1e-3, `${distance}`);
  await t.throwsAsync(importPack({ ...graph, name: 'again', engine }), { code: 'usage.invalid' });
});

async function templateOf({ into, name }: ImportRequest, by: Engine): Promise<Template> {
  const vision = await createVision({ pack: await loadPack(join(into, name)), engine: by, quality: openGates });
  const data = bytesOf('people/p01/enrol-1.jpg');
  const { sightings } = await vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data });
  await vision.close();
  return sightings[0]!.template!;
}

test('what calls itself a GraphModel and is none is refused', async (t) => {
  const file = join(folder(), 'model.json');
  for (const text of ['{"format":"layers-model","weightsManifest":[]}', '{}', 'no JSON']) {
    writeFileSync(file, text);
    await t.throwsAsync(importPack(requestFor(file)), { code: 'pack.invalid', message: /is no TF\.js GraphModel/ });
  }
});

test('the same file fed another way makes templates that do not meet', async (t) => {
  const file = join(shippedPackFolder(), 'embedder.onnx');
  const ids = new Set<string>();
  for (const norm of ['none', 'fixed', 'prewhiten'] as const) {
    ids.add((await importPack(requestFor(file, { norm, sidePx: 192 }))).embedder!.id);
  }
  ids.add((await importPack(requestFor(file, { norm: 'none', sidePx: 192, channels: 'BGR' }))).embedder!.id);
  t.is(ids.size, 4);
});

test('what is no embedder of that size is refused with what to do', async (t) => {
  const embedder = join(shippedPackFolder(), 'embedder.onnx');
  const refused: Array<[ImportRequest, RegExp, RegExp]> = [
    [requestFor(embedder), /takes no picture of 160 pixels/, /--input/],
    [requestFor(embedder, { sidePx: 192, dimensions: 512 }), /answers with 128 numbers, not 512/, /./],
    [requestFor(fileOf(twoInputs())), /it has 2 inputs \(picture, phase_train\)/, /phase_train/],
    [requestFor(fileOf(severalOutputs()), { sidePx: 8 }), /several of its outputs/, /--output: .*one \[1, 32\]/],
    [requestFor(join(shippedPackFolder(), 'detector.onnx')), /none of its outputs/, /--output/],
  ];
  for (const [request, sentence, hint] of refused) {
    const error = await t.throwsAsync(importPack(request));
    t.true(isLimenError(error, 'pack.invalid'), String(error));
    t.regex(error?.message ?? '', sentence);
    t.regex((error as { hint?: string }).hint ?? 'none', hint);
  }
  const named = await importPack(requestFor(fileOf(severalOutputs()), { sidePx: 8, output: 'two' }));
  t.is(named.embedder!.dimensions, 48);
});

test('a file that is no network, is not there, or a name that is taken is refused', async (t) => {
  await t.throwsAsync(importPack(requestFor(fileOf(new Uint8Array(100)))), { code: 'engine.failed' });
  await t.throwsAsync(importPack(requestFor('/no/such/file.onnx')), { code: 'file.unreadable' });
  const request = requestFor(fileOf(severalOutputs()), { sidePx: 8, output: 'one' });
  await importPack(request);
  const manifest = readFileSync(join(request.into, 'facenet', 'pack.json'));
  await t.throwsAsync(importPack(request), { code: 'usage.invalid' });
  t.deepEqual(readFileSync(join(request.into, 'facenet', 'pack.json')), manifest);
});

/** Two rows of numbers for a picture of 8 pixels. */
function severalOutputs(): Uint8Array {
  const net = new OnnxWriter();
  const flat = net.node('Flatten', ['picture'], { axis: 1 });
  for (const [name, rows] of [
    ['one', 32],
    ['two', 48],
  ] as const) {
    const weights = net.weights(`${name}-weights`, [rows, 192], () => randomWeights(name, rows, 192));
    net.node('Gemm', [flat, weights], { transB: 1 }, name);
  }
  return net.model({ picture: [1, 3, 8, 8] }, { one: [1, 32], two: [1, 48] });
}

/** As TensorFlow's training graphs are: a switch beside the picture. */
function twoInputs(): Uint8Array {
  const net = new OnnxWriter();
  const mean = net.node('Flatten', [net.node('GlobalAveragePool', ['picture'])], { axis: 1 });
  net.node('Add', [mean, 'phase_train'], {}, 'embeddings');
  return net.model({ picture: [1, 3, 160, 160], phase_train: [1] }, { embeddings: [1, 3] });
}
