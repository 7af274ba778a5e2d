import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { LimenError } from '../../src/domain/errors.ts';
import { galleryFormat } from '../../src/gallery/gallery-document.ts';
import { decodeGallery } from '../../src/gallery/gallery-file.ts';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { storeContract } from '../contract/store.ts';
import { temporaryFolders } from '../support/folders.ts';
import { personOf, snapshotOf, templateOf } from './people.ts';

const key = Buffer.alloc(32, 7);
const folder = temporaryFolders(test);
const fileIn = (place: string) => join(place, 'gallery.json');
const open = (place: string, withKey = key) => new LowdbGalleryStore({ file: fileIn(place), key: withKey });
storeContract(test, { name: 'lowdb', open }, folder);

/** In an order of their own, so that nothing is kept as a change. */
const unsorted = (version: number) =>
  snapshotOf([personOf('boris', [templateOf(2)]), personOf('anna', [templateOf(1)])], version);

/** Version 2 with version 1 behind it, each written whole. */
async function twoGenerations() {
  const place = folder();
  await open(place).write(unsorted(1));
  await open(place).write(unsorted(2));
  return { place, file: fileIn(place), previous: `${fileIn(place)}.previous` };
}

/** As older limens write it: the checksum first. */
function withChecksum(document: object): string {
  const text = JSON.stringify(document);
  return `{"checksum":"${createHash('sha256').update(text).digest('hex')}","document":${text}}\n`;
}

type Damage = readonly [name: string, apply: (file: string) => void];
const damages: readonly Damage[] = [
  ['cut in half', (file) => writeFileSync(file, readFileSync(file).subarray(0, readFileSync(file).length / 2))],
  ['empty', (file) => writeFileSync(file, '')],
  ['full of zeros', (file) => writeFileSync(file, Buffer.alloc(readFileSync(file).length))],
  ['other JSON', (file) => writeFileSync(file, '{"people":[]}')],
  ['not an object', (file) => writeFileSync(file, 'null')],
  ['gone', (file) => rmSync(file)],
];

for (const [name, apply] of damages) {
  test(`a gallery file that is ${name}: the generation before it stands in and the reason is told`, async (t) => {
    const { place, file } = await twoGenerations();
    apply(file);
    const stored = await open(place).read();
    t.deepEqual(stored?.snapshot, unsorted(1));
    t.regex(stored?.recoveredFrom?.code ?? '', /corrupt/);
    t.true(stored?.recoveredFrom?.reason.includes(file));
  });

  test(`a damaged file (${name}) does not push out the good generation at the next write`, async (t) => {
    const { place, file, previous } = await twoGenerations();
    apply(file);
    await open(place).write(unsorted(3));
    t.is((await open(place).read())?.snapshot.version, 3);
    t.is(decodeGallery(readFileSync(previous), previous).version, 1);
  });
}

for (const [name, apply] of damages.filter(([name]) => name !== 'gone')) {
  test(`both generations ${name}: a loud stop, never an empty gallery`, async (t) => {
    const { place, file, previous } = await twoGenerations();
    apply(file);
    apply(previous);
    const error = await t.throwsAsync(open(place).read(), { instanceOf: LimenError });
    t.is(error?.code, 'gallery.corrupt');
    t.regex(error?.message ?? '', /earlier generation is no better/);
    t.truthy(error?.hint);
    await t.throwsAsync(open(place).write(unsorted(3)), { code: 'gallery.corrupt' });
  });
}

test('one changed byte anywhere is noticed', async (t) => {
  const { place, file } = await twoGenerations();
  const whole = readFileSync(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= flip;
      writeFileSync(file, bytes);
      return (await open(place).read())?.snapshot.version === 1;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('names and templates cannot be exchanged by someone without the key, checksum or not', async (t) => {
  const { place, file } = await twoGenerations();
  const document = decodeGallery(readFileSync(file), file);
  const [a, b] = document.people;
  writeFileSync(
    file,
    withChecksum({
      ...document,
      people: [
        { ...a!, id: b!.id },
        { ...b!, id: a!.id },
      ],
    }),
  );
  const stored = await open(place).read();
  t.is(stored?.snapshot.version, 1);
  t.regex(stored?.recoveredFrom?.reason ?? '', /decrypted/);
});

test('a file of a newer limen stops loudly and is not undone by an older generation', async (t) => {
  const { place, file } = await twoGenerations();
  const newer = { ...decodeGallery(readFileSync(file), file), format: galleryFormat + 1, somethingNew: true };
  writeFileSync(file, withChecksum(newer));
  const error = await t.throwsAsync(open(place).read(), { instanceOf: LimenError });
  t.is(error?.code, 'file.newer-version');
  t.regex(error?.hint ?? '', /newer limen/);
  await t.throwsAsync(open(place).write(unsorted(3)), { code: 'file.newer-version' });
});

test('another key is said to be another key', async (t) => {
  const { place } = await twoGenerations();
  const error = await t.throwsAsync(open(place, Buffer.alloc(32, 8)).read(), { instanceOf: LimenError });
  t.is(error?.code, 'key.invalid');
  t.regex(error?.message ?? '', /another key/);
});

test('no template can be read in the file, and nobody but the owner can read the file', async (t) => {
  const { file, previous } = await twoGenerations();
  for (const path of [file, previous]) {
    t.is(statSync(path).mode & 0o777, 0o600);
    const template = Buffer.from(templateOf(1).data.buffer);
    t.false(readFileSync(path, 'utf8').includes(template.toString('base64')));
    t.false(readFileSync(path).includes(template));
  }
  t.false(existsSync(`${file}.new`));
});

test('a gallery of many pieces is one document, with the checksum that older limens look for', async (t) => {
  const place = folder();
  const people = Array.from({ length: 1500 }, (_, i) => personOf(`p${i}`, [templateOf(i, { dimensions: 256 })]));
  await open(place).write(snapshotOf(people, 1));
  t.deepEqual((await open(place).read())?.snapshot, snapshotOf(people, 1));
  const text = readFileSync(fileIn(place), 'utf8');
  t.true(text.length > 2 * 256 * 1024);
  const { checksum, document } = JSON.parse(text);
  t.is(withChecksum(document), `{"checksum":"${checksum}","document":${JSON.stringify(document)}}\n`);
});

test('what an older limen wrote is read', async (t) => {
  const { place, file } = await twoGenerations();
  writeFileSync(file, withChecksum(decodeGallery(readFileSync(file), file)));
  t.deepEqual(await open(place).read(), { snapshot: unsorted(2), recoveredFrom: null });
});

test('after something was forgotten, what is changed belongs to both generations', async (t) => {
  const place = folder();
  const store = open(place);
  const [anna, boris] = [personOf('anna', [templateOf(1)]), personOf('boris', [templateOf(2)])];
  await store.write(snapshotOf([anna, boris], 1));
  await store.write(snapshotOf([anna], 2), { forgetting: true });
  t.deepEqual(readFileSync(fileIn(place)), readFileSync(`${fileIn(place)}.previous`));
  await store.write(snapshotOf([personOf('anna', [templateOf(3)], 3)], 3));
  writeFileSync(fileIn(place), '');
  t.deepEqual((await open(place).read())?.snapshot, snapshotOf([personOf('anna', [templateOf(3)], 3)], 3));
});
