import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { loadPack, readNetwork } from '../../src/vision/pack.ts';
import { resolvePackFolder } from '../../src/vision/pack-folders.ts';

const shipped = resolvePackFolder('faceapi');

test('a name means a folder under models, anything with a separator is a path', (t) => {
  t.is(resolvePackFolder('faceapi'), join(packageRoot(), 'models', 'faceapi'));
  t.is(resolvePackFolder('/opt/packs/mine'), '/opt/packs/mine');
  t.is(resolvePackFolder('./mine'), join(process.cwd(), 'mine'));
});

test('the shipped pack loads, and its networks have the bytes that pack.json promises', async (t) => {
  const pack = await loadPack(shipped);
  for (const role of ['detector', 'landmarks', 'embedder'] as const) {
    t.is((await readNetwork(pack[role])).length, pack[role].bytes);
  }
});

test('one changed byte in any file is found, and the file is named', async (t) => {
  for (const file of ['detector.onnx', 'landmarks.onnx', 'embedder.onnx']) {
    const folder = await copyOfShipped(t);
    const bytes = await readFile(join(folder, file));
    bytes[bytes.length - 5]! ^= 0x10;
    await writeFile(join(folder, file), bytes);
    await t.throwsAsync(loadPack(folder), { code: 'pack.tampered', message: new RegExp(file) });
  }
});

test('a pack that is not whole is missing, and the sentence names what is absent', async (t) => {
  await t.throwsAsync(loadPack('/no/such/pack'), {
    code: 'pack.missing',
    message: /\/no\/such\/pack: it has no pack\.json/,
  });
  const folder = await copyOfShipped(t);
  await rm(join(folder, 'landmarks.onnx'));
  await t.throwsAsync(loadPack(folder), { code: 'pack.missing', message: /landmarks\.onnx does not exist/ });
});

test('a pack.json that does not say what is needed is refused with the place in it', async (t) => {
  const wrong: Array<[(pack: Manifest) => void, RegExp]> = [
    [(pack) => (pack.format = 2), /format: this limen reads format 1 only/],
    [(pack) => (pack.embedder.file = '../../secret.onnx'), /embedder\.file: a file name ending in \.onnx or \.json/],
    [(pack) => delete pack.detector.sha256, /detector\.sha256/],
    [(pack) => (pack.landmarks.decoder = 'points-5'), /landmarks\.decoder/],
    [(pack) => (pack.calibration = { ...oneQuantile, embedder: 'another/1' }), /belong to another embedder/],
  ];
  for (const [change, sentence] of wrong) {
    const folder = await copyOfShipped(t);
    const pack = JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8'));
    change(pack);
    await writeFile(join(folder, 'pack.json'), JSON.stringify(pack));
    await t.throwsAsync(loadPack(folder), { code: 'pack.invalid', message: sentence });
  }
  const folder = await copyOfShipped(t);
  await writeFile(join(folder, 'pack.json'), '{"format": 1,');
  await t.throwsAsync(loadPack(folder), { code: 'pack.invalid', message: /is not JSON/ });
});

type Manifest = Record<string, unknown> & Record<'detector' | 'landmarks' | 'embedder', Record<string, unknown>>;

const oneQuantile = {
  impostorPairs: 10,
  people: 5,
  source: 'a test',
  quantiles: [{ fmr: 0.1, fmrUpper: 0.2, distance: 0.3 }],
};

async function copyOfShipped(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limen-pack-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await cp(shipped, folder, { recursive: true });
  return folder;
}

test('the first pack of the list that has a role gives it, the shipped one the rest', async (t) => {
  const folder = await copyOfShipped(t);
  const pack = JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8'));
  const { landmarks: _landmarks, detector: _detector, ...partial } = pack;
  await writeFile(join(folder, 'pack.json'), JSON.stringify({ ...partial, name: 'mine' }));
  await rm(join(folder, 'detector.onnx'));
  for (const names of [folder, [folder], [folder, 'faceapi']]) {
    const loaded = await loadPack(names);
    t.is(loaded.name, 'mine,faceapi');
    t.is(loaded.embedder.folder, folder);
    t.is(loaded.detector.folder, shipped);
    t.deepEqual(loaded.calibration, pack.calibration);
  }
  const second = await loadPack(['faceapi', folder]);
  t.is(second.name, 'faceapi');
  t.is(second.embedder.folder, shipped);
});

test('a pack without a network for anything is refused', async (t) => {
  const folder = await copyOfShipped(t);
  await writeFile(join(folder, 'pack.json'), '{"format":1,"name":"empty","title":"","licence":""}');
  await t.throwsAsync(loadPack(folder), { code: 'pack.invalid', message: /a network for something/ });
});
