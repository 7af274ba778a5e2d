import test from 'ava';
import { cosineDistance, type Template } from '../../src/domain/template.ts';
import type { OpenEngine } from '../../src/engine/engine.ts';
import { openEngine as openNative } from '../../src/engine/onnxruntime-node.ts';
import { openEngine as openWasm } from '../../src/engine/onnxruntime-web.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf, pictures } from '../support/people.ts';

test('the same faces give the same templates on every engine', async (t) => {
  const some = pictures.filter((_, i) => i % 12 === 0);
  const [native, wasm] = [await templatesOf(some, openNative), await templatesOf(some, openWasm)];
  t.is(native.length, some.length);
  native.forEach((template, i) => {
    const cosine = 1 - cosineDistance(template, wasm[i] as Template);
    t.true(cosine >= 0.99, `${some[i]?.file}: cosine ${cosine}`);
  });
});

async function templatesOf(some: typeof pictures, openEngine: OpenEngine): Promise<Template[]> {
  const pack = await loadPack('faceapi');
  const vision = await createVision({ pack, engine: await openEngine(), quality: openGates });
  const templates: Template[] = [];
  for (const [id, { file }] of some.entries()) {
    const seen = await vision.see({ id, capturedAtMs: 0, format: 'jpeg', data: bytesOf(file) });
    templates.push(seen.sightings[0]?.template as Template);
  }
  await vision.close();
  return templates;
}
