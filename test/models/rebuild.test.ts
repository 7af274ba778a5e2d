import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import * as ort from 'onnxruntime-node';
import { drawPicture } from '../../models/build/pictures.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { needs } from '../support/require.ts';
import { relativeError, run } from './support.ts';

const shipped = join(packageRoot(), 'models/faceapi');
const files = {
  'detector.onnx': [1, 3, 160, 160],
  'landmarks.onnx': [1, 3, 112, 112],
  'embedder.onnx': [1, 3, 192, 192],
  'embedder-second.onnx': [1, 3, 192, 192],
};

test('anyone can rebuild the shipped files from npm and pip', async (t) => {
  if (!asked()) {
    t.log('skipped: installs Python packages from the network; LIMEN_TEST_REQUIRE=python runs it');
    t.pass();
    return;
  }
  if (!needs(t, 'python')) return;
  t.timeout(600_000);
  const folder = await mkdtemp(join(tmpdir(), 'limen-rebuild-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await rebuild(folder);

  for (const name of ['detector', 'landmarks', 'embedder', 'embedder-second'].flatMap((role) => [
    `${role}.tfjs.json`,
    `${role}.tfjs.bin`,
  ])) {
    // As reproducible as the weights that they are made of: where those round otherwise, a few bytes differ by one.
    const [ours, theirs] = await Promise.all([readFile(join(shipped, name)), readFile(join(folder, 'pack', name))]);
    t.is(theirs.length, ours.length, name);
    t.true(name.endsWith('.json') || differing(ours, theirs) <= ours.length / 1000, name);
  }
  for (const [file, dims] of Object.entries(files)) {
    const [ours, theirs] = await Promise.all([readFile(join(shipped, file)), readFile(join(folder, 'pack', file))]);
    if (ours.equals(theirs)) {
      t.pass();
      continue;
    }
    t.log(`${file}: other bytes than the shipped file, so the answers are compared`);
    const [expected, actual] = [await answer(ours, dims), await answer(theirs, dims)];
    t.true(relativeError(actual, expected) <= 1e-3, file);
  }
});

/** Not a test for every `npm test`: it downloads, and takes a minute. */
function asked(): boolean {
  return (process.env.LIMEN_TEST_REQUIRE ?? '').split(',').some((name) => name.trim() === 'python');
}

function differing(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((count, byte, i) => count + (byte === b[i] ? 0 : 1), 0);
}

/** What a user would type, in a virtual environment of its own. */
async function rebuild(folder: string): Promise<void> {
  const inRoot = execa({ cwd: packageRoot() });
  const python = join(folder, 'venv/bin/python');
  await inRoot`python3 -m venv ${join(folder, 'venv')}`;
  await inRoot`${python} -m pip install --quiet --disable-pip-version-check -r models/build/requirements.txt`;
  await inRoot`${python} models/build/build.py --out ${join(folder, 'pack')} --work ${join(folder, 'work')}`;
}

async function answer(onnx: Uint8Array, dims: number[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(onnx);
  const { data } = await run(session, drawPicture('drawn', dims[3]!, dims[2]!), dims);
  return data;
}
