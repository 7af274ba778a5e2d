import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { Person } from '../../src/domain/person.ts';
import { changesBetween, withChanges } from '../../src/gallery/gallery-changes.ts';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { temporaryFolders } from '../support/folders.ts';
import { personOf, snapshotOf, templateOf } from './people.ts';

const key = Buffer.alloc(32, 7);
const folder = temporaryFolders(test);
const open = (place: string) => new LowdbGalleryStore({ file: join(place, 'gallery.json'), key });
const anna = personOf('anna', [templateOf(1)]);
const boris = personOf('boris', [templateOf(2)]);
const clara = personOf('clara', [templateOf(3)]);

/** Version 1 in the gallery file, 0 in the generation before, 2 and 3 in two generations of the file of changes. */
async function changedTwice() {
  const place = folder();
  const store = open(place);
  await store.write(snapshotOf([], 0));
  await store.write(snapshotOf([anna], 1));
  const whole = statSync(join(place, 'gallery.json')).ino;
  await store.write(snapshotOf([anna, boris], 2));
  await store.write(snapshotOf([boris, clara], 3));
  const changes = join(place, 'gallery.json.changes');
  return { place, whole, file: join(place, 'gallery.json'), changes, previous: `${changes}.previous` };
}

test('a change is added beside the gallery, which is not written again', async (t) => {
  const { place, file, whole, changes } = await changedTwice();
  t.is(statSync(file).ino, whole);
  t.is(statSync(changes).mode & 0o777, 0o600);
  t.deepEqual(await open(place).read(), { snapshot: snapshotOf([boris, clara], 3), recoveredFrom: null });
});

test('a young gallery is written whole until there is a generation to fall back to', async (t) => {
  const place = folder();
  const store = open(place);
  await store.write(snapshotOf([anna], 1));
  await store.write(snapshotOf([anna, boris], 2));
  t.false(existsSync(join(place, 'gallery.json.changes')));
  writeFileSync(join(place, 'gallery.json'), '');
  t.deepEqual((await open(place).read())?.snapshot, snapshotOf([anna], 1));
});

test('no template can be read in the file of changes', async (t) => {
  const { changes, previous } = await changedTwice();
  for (const file of [changes, previous]) {
    const bytes = readFileSync(file);
    const template = Buffer.from(boris.templates[0]!.data.buffer);
    t.false(bytes.includes(template));
    t.false(bytes.includes(template.toString('base64')));
  }
});

test('changes that are damaged: those before them stand in, the reason is told, and the next write is sound', async (t) => {
  for (const damaged of ['', '{"people":[]}', 'null']) {
    const { place, changes } = await changedTwice();
    writeFileSync(changes, damaged);
    const stored = await open(place).read();
    t.deepEqual(stored?.snapshot, snapshotOf([anna, boris], 2));
    t.regex(stored?.recoveredFrom?.code ?? '', /corrupt/);
    t.true(stored?.recoveredFrom?.reason.includes(changes));
    await open(place).write(snapshotOf([clara], 4));
    t.deepEqual(await open(place).read(), { snapshot: snapshotOf([clara], 4), recoveredFrom: null });
    t.false(existsSync(changes));
  }
});

test('changes that are gone are missed', async (t) => {
  const { place, changes } = await changedTwice();
  rmSync(changes);
  const stored = await open(place).read();
  t.is(stored?.snapshot.version, 2);
  t.regex(stored?.recoveredFrom?.reason ?? '', /missing/);
});

test('both generations of the changes damaged: the gallery that they changed stands in', async (t) => {
  const { place, changes, previous } = await changedTwice();
  for (const file of [changes, previous]) writeFileSync(file, readFileSync(file).subarray(0, 100));
  const stored = await open(place).read();
  t.deepEqual(stored?.snapshot, snapshotOf([anna], 1));
  t.is(stored?.recoveredFrom?.code, 'gallery.corrupt');
});

test('one changed byte anywhere in the changes is noticed', async (t) => {
  const { place, changes } = await changedTwice();
  const whole = readFileSync(changes);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= flip;
      writeFileSync(changes, bytes);
      return (await open(place).read())?.snapshot.version === 2;
    }),
    { numRuns: 200 },
  );
  t.pass();
});

test('changes mean nothing beside another gallery than theirs', async (t) => {
  const { place, changes } = await changedTwice();
  const elsewhere = folder();
  await open(elsewhere).write(snapshotOf([anna], 1));
  writeFileSync(join(elsewhere, 'gallery.json.changes'), readFileSync(changes));
  const stored = await open(elsewhere).read();
  t.deepEqual(stored, { snapshot: snapshotOf([anna], 1), recoveredFrom: null, leftovers: true });
  t.is((await open(place).read())?.snapshot.version, 3);
});

test('a file of changes does not pass for a gallery', async (t) => {
  const { place, file, changes } = await changedTwice();
  writeFileSync(file, readFileSync(changes));
  rmSync(`${file}.previous`);
  const error = await t.throwsAsync(open(place).read(), { code: 'gallery.corrupt' });
  t.regex(error?.message ?? '', /changes instead of a whole gallery/);
});

test('whoever is to be forgotten is in no file afterwards, and two generations are there again', async (t) => {
  const { place, file, changes, previous } = await changedTwice();
  const left = { ...snapshotOf([clara], 4), erased: { boris: 4 } };
  await open(place).write(left, { forgetting: true });
  t.false(existsSync(changes) || existsSync(previous));
  for (const path of [file, `${file}.previous`]) t.false(readFileSync(path, 'utf8').includes('"id":"boris"'));
  writeFileSync(file, '');
  t.deepEqual((await open(place).read())?.snapshot, left);
});

test('many changes are a new gallery', async (t) => {
  const place = folder();
  const store = open(place);
  const everybody = (version: number) =>
    Array.from({ length: 300 }, (_, i) => personOf(`p${1000 + i}`, [templateOf(version)], version));
  const first = everybody(1);
  await store.write(snapshotOf(first, 0));
  await store.write(snapshotOf(first, 1));
  await store.write(snapshotOf([anna, ...first], 2));
  t.true(existsSync(join(place, 'gallery.json.changes')));
  await store.write(snapshotOf(everybody(3), 3));
  t.false(existsSync(join(place, 'gallery.json.changes')));
  t.deepEqual((await open(place).read())?.snapshot, snapshotOf(everybody(3), 3));
});

test('a gallery and its changes make the later gallery, whoever came, went or changed', (t) => {
  const people = fc.uniqueArray(fc.record({ id: fc.constantFrom(...'abcdefghij'), kept: fc.boolean() }), {
    selector: ({ id }) => id,
  });
  const pool = new Map<string, Person>([...'abcdefghij'].map((id) => [id, personOf(id, [templateOf(1)])]));
  fc.assert(
    fc.property(people, people, fc.nat(6), (before, after, most) => {
      const sorted = (those: typeof before, version: number) =>
        those
          .map(({ id, kept }) => (kept ? pool.get(id)! : personOf(id, [templateOf(version)], version)))
          .sort((a, b) => (a.id < b.id ? -1 : 1));
      const base = { ...snapshotOf(sorted(before, 2), 2), erased: { x: 1 } };
      const next = { ...snapshotOf(sorted(after, 3), 3), erased: { x: 3, y: 2 } };
      const changes = changesBetween(base, next, most);
      const same = base.people.filter((person) => next.people.includes(person)).length;
      if (changes === null) return base.people.length + next.people.length - 2 * same > most;
      t.deepEqual(withChanges(base, changes), next);
      return changes.part.people.length + changes.gone.length <= most;
    }),
  );
});

test('another lineage, another order of people and a tombstone that is no more make no changes', (t) => {
  const base = { ...snapshotOf([anna, boris], 1), erased: { x: 1 } };
  const next = { ...snapshotOf([anna, boris], 2), erased: { x: 1 } };
  t.not(changesBetween(base, next, 9), null);
  t.is(changesBetween(base, { ...next, lineage: 'another' }, 9), null);
  t.is(changesBetween(base, { ...next, people: [boris, anna] }, 9), null);
  t.is(changesBetween(base, { ...next, erased: {} }, 9), null);
});
