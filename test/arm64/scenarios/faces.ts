import test from 'ava';
import { policyFor } from '../../../src/access/policy.ts';
import { loadRecognition } from '../../../src/compose.ts';
import { recognitionSchema } from '../../../src/config/recognition-schema.ts';
import { cosineDistance, type Template } from '../../../src/domain/template.ts';
import { Gallery } from '../../../src/gallery/gallery.ts';
import type { Looked } from '../children/faces.ts';
import { emulated, native } from '../emulated.ts';

const enrolled = ['p01', 'p05'];
const stranger = 'strangers/s01/probe-1.jpg';
const files = [
  ...enrolled.map((id) => `people/${id}/enrol-1.jpg`),
  ...enrolled.map((id) => `people/${id}/probe-1.jpg`),
  stranger,
];
const templateOf = ({ model, data, scale }: Looked): Template => ({ model, data: Int8Array.from(data), scale });

test('the shipped pack sees what it sees here, and knows who is who', async (t) => {
  const [there, here] = [await emulated<Looked[]>('faces', ...files), await native<Looked[]>('faces', ...files)];
  const cosines = there.map((looked, i) => 1 - cosineDistance(templateOf(looked), templateOf(here[i]!)));
  t.log(`lowest cosine to the templates made here ${Math.min(...cosines).toFixed(5)}`);
  for (const [i, file] of files.entries()) t.true(cosines[i]! >= 0.99, `${file}: cosine ${cosines[i]}`);

  const { pack } = await loadRecognition(recognitionSchema.parse({}));
  const people = enrolled.map((id, i) => ({
    ...{ id, name: id, groups: [], validFrom: null, validUntil: null, version: 1 },
    templates: [templateOf(there[i]!)],
  }));
  const gallery = Gallery.from({ lineage: '', version: 1, embedder: pack.embedder.id, people, erased: {} });
  const { threshold } = policyFor(gallery, pack.calibration, {
    ...recognitionSchema.parse({}),
    surroundingsSuffice: true,
  });
  const nearest = there.slice(enrolled.length).map((probe) => gallery.rank(templateOf(probe)).nearest!);
  const known = nearest.map(({ personId, distance }) => (distance <= threshold.threshold ? personId : null));
  t.deepEqual(known, [...enrolled, null]);
});
