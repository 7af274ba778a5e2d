/**
 * Ask face-api itself: run its own nets on pictures described by a formula and keep the answers.
 *
 *     npm run build && node dist/models/build/reference.js
 *
 * The tests hold the shipped ONNX files against these numbers. TF.js' plain CPU backend is used:
 * slow, but the plainest arithmetic there is.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { drawPicture, type PictureName, pictures } from './pictures.ts';

/** One question to face-api and its answer. */
export interface ReferenceCase {
  role: 'landmarks' | 'embedder';
  picture: PictureName;
  widthPx: number;
  heightPx: number;
  shape: number[];
  values: number[];
}

const packageDir = join(packageRoot(), 'node_modules/@vladmandic/face-api');

// The bundle is meant for browsers, and its TF.js stumbles over half of Node: show it none.
Object.defineProperty(process, 'versions', { value: {}, configurable: true });
const api = await import(pathToFileURL(join(packageDir, 'dist/face-api.esm.js')).href);
api.tf.env().setPlatform('plain', { isTypedArray: ArrayBuffer.isView, now: () => performance.now() });
const Absent = class {};
api.env.setEnv({ Canvas: Absent, Image: Absent, ImageData: Absent, Video: Absent });
await api.tf.setBackend('cpu');
await api.tf.ready();

type Tensor = { shape: number[]; dataSync(): Float32Array; transpose(order: number[]): Tensor };
type Net = { loadFromWeightMap(weights: object): void; forward(x: Tensor): Promise<Tensor> };

const landmarks = new api.FaceLandmark68Net();
const embedder: Net = new api.FaceRecognitionNet();

await load(landmarks, 'face_landmark_68_model');
await load(embedder, 'face_recognition_model');

const cases: ReferenceCase[] = [];
for (const picture of Object.keys(pictures) as PictureName[]) {
  await ask('landmarks', picture, 112, 112, (x) => landmarks.runNet(new api.NetInput([x])));
  await ask('embedder', picture, 192, 192, straightAndMirrored);
}
const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
const about = `Outputs of @vladmandic/face-api ${version} on formula pictures, by models/build/reference.ts.`;
const lines = cases.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
await writeFile(
  join(packageRoot(), 'test/models/reference.json'),
  `{\n  "about": ${JSON.stringify(about)},\n  "cases": [\n${lines}\n  ]\n}\n`,
);

async function ask(
  role: ReferenceCase['role'],
  picture: PictureName,
  widthPx: number,
  heightPx: number,
  run: (x: Tensor) => Tensor | Promise<Tensor>,
): Promise<void> {
  const planes = api.tf.tensor4d(drawPicture(picture, widthPx, heightPx), [1, 3, heightPx, widthPx]);
  const output = await run(planes.transpose([0, 2, 3, 1]));
  const values = Array.from(output.dataSync(), (value) => Number(value.toPrecision(7)));
  cases.push({ role, picture, widthPx, heightPx, shape: output.shape, values });
}

/** The sum of what face-api says, at length 1 each, to the chip within a larger one and to its mirror image. */
async function straightAndMirrored(x: Tensor): Promise<Tensor> {
  const chip = (left: number) => api.tf.slice(x, [0, 21, left, 0], [1, 150, 150, 3]);
  const unit = async (picture: Tensor) => {
    const answer = await embedder.forward(picture);
    return api.tf.div(answer, api.tf.norm(answer));
  };
  // The mean face's axis, not the picture's, stays in its place: one pixel to the left of it.
  return api.tf.add(await unit(chip(21)), await unit(api.tf.reverse(chip(20), 2)));
}

async function load(net: Net, model: string): Promise<void> {
  const folder = join(packageDir, 'model');
  const manifest = JSON.parse(await readFile(join(folder, `${model}-weights_manifest.json`), 'utf8'));
  const read = (paths: string[]) =>
    Promise.all(paths.map(async (path) => Uint8Array.from(await readFile(path)).buffer));
  net.loadFromWeightMap(await api.tf.io.weightsLoaderFactory(read)(manifest, folder));
}
