import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readLabels } from '../../src/evaluate/labelled.ts';
import { shrunk } from '../../src/evaluate/shrink.ts';
import { temporaryFolders } from '../support/folders.ts';
import { peopleFolder } from '../support/people.ts';

const folder = temporaryFolders(test);

test("the bundled people's manifest gives pictures, scenes and the frames of walk-ups", async (t) => {
  const labels = (await readLabels(peopleFolder))!;
  t.true(labels.singles.length >= 72);
  t.true(labels.frames.some(({ faces }) => faces.length === 3));
  t.true(labels.frames.some(({ faces }) => faces.length === 0));
  const walk = labels.clips.find(({ name }) => name === 'walkup-p01-blink')!;
  t.is(walk.species, null);
  t.true(walk.files[9]!.endsWith('frame-0010.jpg'));
  for (const { faces } of labels.singles) t.true(faces[0]!.eyes![0].x <= faces[0]!.eyes![1].x);
});

test('a folder without a manifest has no labels; a broken one says where', async (t) => {
  const place = folder();
  t.is(await readLabels(place), null);
  writeFileSync(join(place, 'manifest.json'), '{');
  await t.throwsAsync(readLabels(place), { code: 'file.corrupt', message: /is not JSON/ });
  writeFileSync(join(place, 'manifest.json'), JSON.stringify({ images: [{ file: 'a.jpg', id: 'a', box: [1, 2, 3] }] }));
  await t.throwsAsync(readLabels(place), { code: 'file.corrupt', message: /images\.0\.box/ });
});

test('a picture scaled down keeps its size, and its face is as wide as was asked for', async (t) => {
  const [single] = (await readLabels(peopleFolder))!.singles;
  const small = (await shrunk(single!, 40))!;
  t.is(small.frame.data.length, small.frame.widthPx * small.frame.heightPx * 3);
  t.deepEqual([small.frame.widthPx, small.frame.heightPx], [640, 480]);
  const [face] = small.faces;
  t.true(Math.abs(face!.box.width - 40) < 1e-9);
  const eyes = face!.eyes!;
  const [left, right] = single!.faces[0]!.eyes!;
  const scale = 40 / single!.faces[0]!.box.width;
  t.true(Math.abs(eyes[1].x - eyes[0].x - (right.x - left.x) * scale) < 1e-9);
  t.true(eyes[0].x > face!.box.x && eyes[1].x < face!.box.x + face!.box.width);
  t.is(await shrunk(single!, 1000), null);
});
