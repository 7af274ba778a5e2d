import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestFn } from 'ava';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { catalogueEntry } from '../../src/models/catalogue.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import { temporaryFolders } from '../support/folders.ts';
import { needs, sharedFolder } from '../support/require.ts';

const folder = temporaryFolders(test as TestFn);

/** The files as `limen models add minifasnet` would have fetched them. */
const files = {
  'minifasnet-v2.onnx': 'yakhyo_MiniFASNetV2.onnx',
  'minifasnet-v1se.onnx': 'yakhyo_MiniFASNetV1SE.onnx',
};

test('minifasnet, as the catalogue describes it, tells a person from a phone', async (t) => {
  if (!needs(t, 'shared')) return;
  t.timeout(60_000);
  const home = folder();
  await writeFile(join(home, 'pack.json'), JSON.stringify(catalogueEntry('minifasnet').pack));
  for (const [ours, theirs] of Object.entries(files)) {
    await copyFile(join(sharedFolder(), 'models/minifasnet', theirs), join(home, ours));
  }
  const pack = await loadPack([home]);
  const quality = {
    minInterEyePx: 30,
    minSharpness: 0,
    maxYawDeg: 30,
    maxPitchDeg: 30,
    maxRollDeg: 30,
    minBrightness: 0,
    maxBrightness: 255,
    minContrast: 0,
  };
  const vision = await createVision({ pack, engine: await openEngine({ threads: 1 }), quality });
  const judged = async (clip: string, frame: string) => {
    const file = join(packageRoot(), 'test/people/clips', clip, `frame-${frame}.jpg`);
    const data = new Uint8Array(await readFile(file));
    const { sightings, timings } = await vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data });
    t.true(timings.livenessMs! > 0);
    return sightings[0]!.liveness!;
  };
  const person = await judged('walkup-p01-blink', '0040');
  t.true(person.live, JSON.stringify(person));
  t.deepEqual(Object.keys(person.parts).sort(), ['minifasnet-v1se/1', 'minifasnet-v2/1']);
  const phone = await judged('attack-phone-photo-p03', '0005');
  t.true(!phone.live && phone.score < 0.1, JSON.stringify(phone));
  await vision.close();
});
