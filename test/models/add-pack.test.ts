import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { isLimenError } from '../../src/domain/errors.ts';
import { addPack } from '../../src/models/add-pack.ts';
import type { CatalogueEntry } from '../../src/models/catalogue.ts';
import { loadPack, readManifest } from '../../src/vision/pack.ts';
import { shippedPackFolder } from '../../src/vision/pack-folders.ts';
import { temporaryFolders } from '../support/folders.ts';
import { serveFiles } from './file-server.ts';

const signal = new AbortController().signal;
const shipped = shippedPackFolder();
const files = Object.fromEntries(
  ['detector.onnx', 'landmarks.onnx', 'embedder.onnx'].map((file) => [
    file,
    new Uint8Array(readFileSync(join(shipped, file))),
  ]),
);
const entry = await entryOf('copy');
const folder = temporaryFolders(test);

/** The shipped pack, without the embedder's second net, as if it were one to be fetched. */
async function entryOf(name: string): Promise<CatalogueEntry> {
  const { folder: _folder, ...pack } = await readManifest(shipped);
  const { graphModel: _one, second: _second, ...embedder } = { ...pack.embedder!, dimensions: 128 };
  const { graphModel: _other, ...landmarks } = pack.landmarks!;
  const urls = {
    'embedder.onnx': ['https://limen.invalid/a/original-name.onnx'],
    'landmarks.onnx': ['https://limen.invalid/l.onnx'],
  };
  return { pack: { ...pack, name, detector: undefined, embedder, landmarks }, urls };
}

test('a pack is fetched, verified, readable for everybody, and used like any other', async (t) => {
  const into = folder();
  const server = await serveFiles(t, files, [{ kind: 'cut', afterBytes: 1_000_000 }, { kind: 'whole' }]);
  const seen = new Map<string, number>();
  const onProgress = ({ file }: { file: string }, bytes: number) => seen.set(file, bytes);
  t.true(await addPack({ entry, into, signal, from: `${server.url}/mirror/`, pauseMs: 1, onProgress }));
  t.deepEqual([...seen.values()].sort(), [files['landmarks.onnx']!.length, files['embedder.onnx']!.length].sort());
  const pack = await loadPack(join(into, 'copy'));
  t.is(pack.name, 'copy,faceapi');
  t.is(pack.embedder.folder, join(into, 'copy'));
  t.deepEqual(pack.calibration, entry.pack.calibration);
  t.is(statSync(join(into, 'copy', 'embedder.onnx')).mode & 0o444, 0o444);

  server.asked.length = 0;
  t.false(await addPack({ entry, into, signal, from: server.url }));
  t.deepEqual(server.asked, []);
});

test('a damaged pack is mended, and of what is right nothing is fetched again', async (t) => {
  const into = folder();
  const server = await serveFiles(t, files);
  const request = { entry, into, signal, from: server.url };
  await addPack(request);
  server.asked.length = 0;
  writeFileSync(join(into, 'copy', 'landmarks.onnx'), 'damaged');
  t.true(await addPack(request));
  t.deepEqual(server.asked, ['/landmarks.onnx']);
  await t.notThrowsAsync(loadPack(join(into, 'copy')));

  server.asked.length = 0;
  const manifest = join(into, 'copy', 'pack.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"title": ".*"/, '"title": "measured here"'));
  t.false(await addPack(request));
  t.is((await readManifest(join(into, 'copy'))).title, 'measured here');
});

test('of a pack with one wrong file nothing is ever used', async (t) => {
  const into = folder();
  const wrong = { ...files, 'landmarks.onnx': new Uint8Array(files['landmarks.onnx']!.length) };
  const server = await serveFiles(t, wrong);
  const error = await t.throwsAsync(addPack({ entry, into, signal, from: server.url }));
  t.true(isLimenError(error, 'pack.tampered'), String(error));
  t.false(existsSync(join(into, 'copy')));
  await t.throwsAsync(loadPack(join(into, 'copy')), { code: 'pack.missing' });
});

test('the files come from a folder as well, by the name in the pack or by the one at their address', async (t) => {
  const [into, stick] = [folder(), folder()];
  cpSync(join(shipped, 'embedder.onnx'), join(stick, 'original-name.onnx'));
  const request = { entry, into, signal, from: stick };
  const missing = await t.throwsAsync(addPack(request));
  t.true(isLimenError(missing, 'pack.missing'));
  t.regex(missing?.message ?? '', /landmarks\.onnx or l\.onnx/);
  writeFileSync(join(stick, 'landmarks.onnx'), 'another file');
  const other = await t.throwsAsync(addPack(request));
  t.true(isLimenError(other, 'pack.tampered'));
  cpSync(join(shipped, 'landmarks.onnx'), join(stick, 'landmarks.onnx'));
  t.true(await addPack(request));
  await t.notThrowsAsync(loadPack(join(into, 'copy')));
});

test('a mirror that has another file does not hide the next one', async (t) => {
  const into = folder();
  const server = await serveFiles(t, {
    'l.onnx': files['landmarks.onnx']!,
    'original-name.onnx': files['embedder.onnx']!,
  });
  // By their names in the pack they are not there: 404, then the name at their address.
  t.true(await addPack({ entry, into, signal, from: server.url }));
  t.deepEqual(server.asked, ['/landmarks.onnx', '/l.onnx', '/embedder.onnx', '/original-name.onnx']);
});

test('a folder that cannot be written to is said to be one', async (t) => {
  const into = join(folder(), 'file');
  mkdirSync(join(into, '..'), { recursive: true });
  writeFileSync(into, '');
  const error = await t.throwsAsync(addPack({ entry, into, signal, from: shipped }));
  t.true(isLimenError(error), String(error));
});
