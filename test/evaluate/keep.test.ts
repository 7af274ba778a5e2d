import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { keepInPack } from '../../src/evaluate/keep.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test('figures go into the pack and into what it is built from; everything else stays', async (t) => {
  const place = join(folder(), 'copy');
  cpSync(join(packageRoot(), 'models/faceapi'), place, { recursive: true });
  const pack = await loadPack(place);
  const before = { pack: read(place, 'pack.json'), measured: read(place, 'measured.json') };
  const calibration = {
    embedder: pack.embedder.id,
    impostorPairs: 1_999_000,
    people: 2000,
    source: 'a test',
    quantiles: [{ fmr: 0.001, fmrUpper: 0.002, distance: 0.07 }],
  };
  const files = await keepInPack(pack, { calibration, figures: { mine: { accuracy: 0.5 } } });
  t.is(files.length, 2);
  t.deepEqual((await loadPack(place)).calibration, calibration);
  const after = { pack: read(place, 'pack.json'), measured: read(place, 'measured.json') };
  t.deepEqual(after.pack, {
    ...before.pack,
    calibration,
    figures: { ...before.pack.figures, mine: { accuracy: 0.5 } },
  });
  t.deepEqual(after.measured.figures, { ...before.measured.figures, mine: { accuracy: 0.5 } });
  t.is(after.measured.embedderSha256, pack.embedder.sha256);
});

test('figures of more people are not replaced by figures of fewer', async (t) => {
  const place = join(folder(), 'copy');
  cpSync(join(packageRoot(), 'models/faceapi'), place, { recursive: true });
  const pack = await loadPack(place);
  const before = read(place, 'pack.json');
  const calibration = { ...pack.calibration!, people: 110, source: 'a test' };
  const error = await t.throwsAsync(keepInPack(pack, { calibration }), { code: 'evaluate.too-little' });
  t.regex(error!.message, /110/);
  t.deepEqual(read(place, 'pack.json'), before);
  const other = { ...calibration, embedder: 'another' };
  t.is((await keepInPack(pack, { calibration: other })).length, 2);
});

function read(place: string, file: string) {
  return JSON.parse(readFileSync(join(place, file), 'utf8'));
}
