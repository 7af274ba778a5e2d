import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ErrorCode, LimenError } from '../../src/domain/errors.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { type EnrolLimits, type EnrolRequest, personFromPictures } from '../../src/hub/enrol.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import type { Vision } from '../../src/vision/vision.ts';
import { defaultGates } from '../support/gates.ts';
import { peopleFolder } from '../support/people.ts';
import { jpegOf } from '../support/pictures.ts';
import { readingVision } from '../support/site.ts';
import { somebody } from '../support/sync.ts';

const limits: EnrolLimits = { maxTemplates: 5, calibration: (await loadPack('faceapi')).calibration };
const picture = (file: string) => ({ name: file, jpeg: readFileSync(join(peopleFolder, file)) });
const p02: EnrolRequest = {
  id: 'p02',
  name: 'Nobody Two',
  pictures: [1, 2, 3].map((n) => picture(`people/p02/enrol-${n}.jpg`)),
};

async function realVision(t: ExecutionContext): Promise<Vision> {
  const pack = await loadPack('faceapi');
  const vision = await createVision({ pack, engine: await openEngine(), quality: defaultGates });
  t.teardown(() => vision.close());
  return vision;
}

test('pictures of one person become someone who can be recognised', async (t) => {
  const vision = await realVision(t);
  const { person, warnings } = await personFromPictures(p02, { vision, people: [], limits });
  t.deepEqual(warnings, []);
  t.deepEqual(
    person.pictureNames?.toSorted(),
    p02.pictures.map(({ name }) => name),
  );
  t.like(person, { id: 'p02', name: 'Nobody Two', groups: [], validFrom: null, validUntil: null });
  t.is(person.templates.length, 3);
  for (const { model, data } of person.templates) {
    t.is(model, vision.model);
    t.is(data.length, 256);
  }
});

test('a picture without a face, with three, or broken is refused by name', async (t) => {
  const vision = await realVision(t);
  const cases: [ErrorCode, { name: string; jpeg: Uint8Array }][] = [
    ['image.no-face', picture('scenes/empty-corridor.jpg')],
    ['image.no-face', { name: 'grey.jpg', jpeg: await jpegOf(640, 480) }],
    ['image.many-faces', picture('scenes/three-people.jpg')],
    ['image.unreadable', { name: 'broken.jpg', jpeg: Buffer.from('this is no picture') }],
  ];
  for (const [code, bad] of cases) {
    const request = { ...p02, pictures: [...p02.pictures, bad] };
    const error = await t.throwsAsync(personFromPictures(request, { vision, people: [], limits }), {
      instanceOf: LimenError,
      code,
    });
    t.true(error?.message.includes(bad.name), error?.message);
  }
});

test('someone who is enrolled already looks like themselves, and force enrols them all the same', async (t) => {
  const vision = await realVision(t);
  const first = { ...(await personFromPictures(p02, { vision, people: [], limits })).person, version: 1 };
  const again: EnrolRequest = { id: 'p02-again', name: 'Second Badge', pictures: [picture('people/p02/probe-1.jpg')] };
  const context = { vision, people: [first], limits };
  const error = await t.throwsAsync(personFromPictures(again, context), {
    instanceOf: LimenError,
    code: 'person.look-alike',
  });
  t.true(error?.message.includes('p02'));
  const forced = await personFromPictures({ ...again, despiteDoubts: true }, context);
  t.is(forced.person.templates.length, 1);
  t.is(forced.warnings.length, 1);
  t.true(forced.warnings[0]?.includes('p02'));
});

test('a picture of somebody else among the others is refused by name, unless forced', async (t) => {
  const vision = await realVision(t);
  const mixed = { ...p02, pictures: [...p02.pictures, picture('people/p06/enrol-1.jpg')] };
  const context = { vision, people: [], limits };
  const error = await t.throwsAsync(personFromPictures(mixed, context), {
    instanceOf: LimenError,
    code: 'image.other-person',
  });
  t.true(error?.message.includes('people/p06/enrol-1.jpg'), error?.message);
  t.false(error?.message.includes('people/p02/enrol-1.jpg'), error?.message);
  const { person, warnings } = await personFromPictures({ ...mixed, despiteDoubts: true }, context);
  t.is(person.templates.length, 4);
  t.is(warnings.length, 1);
});

test('a face that fails a quality gate is refused, with what to do about it', async (t) => {
  const request = { ...p02, pictures: [{ name: 'night.jpg', jpeg: Buffer.from('blurred') }] };
  const context = { vision: readingVision, people: [], limits };
  const error = await t.throwsAsync(personFromPictures(request, context), {
    instanceOf: LimenError,
    code: 'image.poor-quality',
  });
  t.true(error?.message.includes('night.jpg'));
  t.is((error as LimenError).hint, 'Take it again: hold still, too dark.');
});

test('no more templates than the limit are kept', async (t) => {
  const pictures = ['a', 'b', 'c'].map((text) => ({ name: text, jpeg: Buffer.from(text) }));
  const context = { vision: readingVision, people: [], limits: { maxTemplates: 2, calibration: null } };
  t.is((await personFromPictures({ ...p02, pictures }, context)).person.templates.length, 2);
});

test('people of another embedder are no obstacle, and no pictures or a bad id are', async (t) => {
  const context = { vision: readingVision, people: [], limits };
  const foreign = { ...somebody('x'), templates: somebody('x').templates.map((one) => ({ ...one, model: 'other/1' })) };
  const pictures = [{ name: 'x', jpeg: Buffer.from('x') }];
  await t.notThrowsAsync(personFromPictures({ ...p02, pictures }, { ...context, people: [foreign] }));
  for (const bad of [
    { ...p02, pictures: [] },
    { ...p02, id: '../x' },
    { ...p02, name: ' ' },
  ]) {
    await t.throwsAsync(personFromPictures(bad, context), { instanceOf: LimenError, code: 'usage.invalid' });
  }
});

test('a validity that no terminal could read is refused before it is in any book', async (t) => {
  const pictures = [{ name: 'a', jpeg: Buffer.from('a') }];
  const context = { vision: readingVision, people: [], limits: { maxTemplates: 2, calibration: null } };
  const bad = [
    { validFrom: 'yesterday' },
    { validUntil: '2026-12-01' },
    { validFrom: '2026-12-01T00:00:00' },
    { validFrom: '2026-12-02T00:00:00Z', validUntil: '2026-12-01T00:00:00Z' },
  ];
  for (const validity of bad) {
    await t.throwsAsync(personFromPictures({ ...p02, pictures, ...validity }, context), {
      instanceOf: LimenError,
      code: 'usage.invalid',
    });
  }
  const sound = { validFrom: '2026-12-01T00:00:00+01:00', validUntil: null };
  t.like((await personFromPictures({ ...p02, pictures, ...sound }, context)).person, sound);
});
