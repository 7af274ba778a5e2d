import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { readDurable, writeDurable } from '../../src/runtime/durable-file.ts';
import { temporaryFolders } from '../support/folders.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const folder = temporaryFolders(test);
const text = (path: string) => readFileSync(path, 'utf8');
const decode = (bytes: Buffer) => {
  const content = bytes.toString();
  if (content.startsWith('bad')) throw new LimenError('file.corrupt', `${content}.`);
  if (content.startsWith('newer')) throw new LimenError('file.newer-version', 'Too new.');
  return content;
};

test('the new content replaces the old, which stays as the previous generation', async (t) => {
  const place = folder();
  const path = join(place, 'state');
  for (const content of ['one', 'two', 'three']) await writeDurable(path, content);
  t.is(text(path), 'three');
  t.is(text(`${path}.previous`), 'two');
  t.deepEqual(readdirSync(place).sort(), ['state', 'state.previous']);
  t.is(statSync(path).mode & 0o777, 0o600);
});

test('what is known to be damaged does not become the previous generation', async (t) => {
  const path = join(folder(), 'state');
  await writeDurable(path, 'one');
  await writeDurable(path, 'bad');
  await writeDurable(path, 'three', { keepPrevious: false });
  t.is(text(`${path}.previous`), 'one');
});

test("leftovers of a killed writer are in nobody's way", async (t) => {
  const place = folder();
  const path = join(place, 'state');
  await writeDurable(path, 'one');
  for (const leftover of ['.new', '.previous.new']) writeFileSync(path + leftover, 'half');
  await writeDurable(path, 'two');
  t.is(text(path), 'two');
  t.deepEqual(readdirSync(place).sort(), ['state', 'state.previous']);
});

test('a write that cannot be done leaves the file alone and names the place', async (t) => {
  const place = folder();
  const missing = await t.throwsAsync(writeDurable(join(place, 'none', 'state'), 'x'), { instanceOf: LimenError });
  t.is(missing?.code, 'file.unwritable');
  t.true(missing?.message.includes(place));
  const taken = join(place, 'taken');
  mkdirSync(join(taken, 'full'), { recursive: true });
  await t.throwsAsync(writeDurable(taken, 'x'), { code: 'file.unwritable' });
  t.deepEqual(readdirSync(place), ['taken']);
});

test('a full disk is said to be full, and the old content stays', async (t) => {
  const disk = folder();
  if (!mountSmallDisk(t, disk, 64)) return;
  const path = join(disk, 'state');
  await writeDurable(path, 'one');
  const error = await t.throwsAsync(writeDurable(path, Buffer.alloc(200_000)), { instanceOf: LimenError });
  t.is(error?.code, 'disk.full');
  t.truthy(error?.hint);
  t.is(text(path), 'one');
  t.deepEqual(readdirSync(disk), ['state']);
  await writeDurable(path, 'two');
  t.is(text(path), 'two');
});

test('reading falls back by one generation and says why', async (t) => {
  const path = join(folder(), 'state');
  t.is(await readDurable(path, decode), null);
  await writeDurable(path, 'one');
  t.deepEqual(await readDurable(path, decode), { value: 'one', fault: null });
  await writeDurable(path, 'bad two');
  const { value, fault } = (await readDurable(path, decode))!;
  t.is(value, 'one');
  t.is(fault?.message, 'bad two.');
  await writeDurable(path, 'bad three');
  const error = await t.throwsAsync(readDurable(path, decode), { instanceOf: LimenError });
  t.is(error?.code, 'file.corrupt');
  t.regex(error?.message ?? '', /^bad three\. The earlier generation is no better\.$/);
});

test('a newer version is never answered with an older generation', async (t) => {
  const path = join(folder(), 'state');
  await writeDurable(path, 'one');
  await writeDurable(path, 'newer');
  await t.throwsAsync(readDurable(path, decode), { code: 'file.newer-version' });
});

test('what is there and cannot be read is not taken for absent', async (t) => {
  const place = folder();
  await t.throwsAsync(readDurable(place, decode), { code: 'file.unreadable' });
});
