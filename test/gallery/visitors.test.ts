import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { openVisitorStore, removeVisitorStore } from '../../src/gallery/visitors.ts';
import { temporaryFolders } from '../support/folders.ts';
import { atAngle } from './sphere.ts';

const temporary = temporaryFolders(test);
const key = randomBytes(32);
const day = (n: number) => new Date(Date.UTC(2026, 10, n, 8));

test('visits come back as they were, oldest first, after a restart too', (t) => {
  const file = join(temporary(), 'visitors.db');
  const store = openVisitorStore({ file, key });
  store.add({ at: day(1), template: atAngle(1) });
  store.add({ at: day(2), template: atAngle(2) });
  store.close();
  const again = openVisitorStore({ file, key });
  t.deepEqual(again.all(), [
    { at: day(1).toISOString(), template: atAngle(1) },
    { at: day(2).toISOString(), template: atAngle(2) },
  ]);
  again.close();
});

test('no template is on the disk in the clear, and another key opens none', (t) => {
  const file = join(temporary(), 'visitors.db');
  const store = openVisitorStore({ file, key });
  const template = { model: 'sphere/1', scale: 0.01, data: Int8Array.from({ length: 128 }, (_, i) => (i * 37) % 127) };
  store.add({ at: day(1), template });
  store.close();
  const bytes = readFileSync(file);
  t.false(bytes.includes(Buffer.from(template.data.buffer)));
  t.false(bytes.includes(Buffer.from(template.data.buffer).toString('base64')));
  t.false(bytes.includes('sphere/1'));
  const other = openVisitorStore({ file, key: randomBytes(32) });
  t.deepEqual(other.all(), []);
  other.close();
});

test('what is too old is forgotten, and erasing forgets everything, in the file as well', (t) => {
  const file = join(temporary(), 'visitors.db');
  const store = openVisitorStore({ file, key });
  for (const n of [1, 2, 3]) store.add({ at: day(n), template: atAngle(n) });
  t.is(store.prune(day(3)), 2);
  t.deepEqual(
    store.all().map(({ at }) => at),
    [day(3).toISOString()],
  );
  t.is(store.erase(), 1);
  t.deepEqual(store.all(), []);
  t.false(readFileSync(file).includes('2026-11-0'));
  store.close();
});

test('one process erases while another one has it open, as a command beside the daemon does', (t) => {
  const file = join(temporary(), 'visitors.db');
  const daemon = openVisitorStore({ file, key });
  daemon.add({ at: day(1), template: atAngle(1) });
  const command = openVisitorStore({ file, key });
  t.is(command.erase(), 1);
  command.close();
  daemon.add({ at: day(2), template: atAngle(2) });
  t.is(daemon.all().length, 1);
  daemon.close();
});

test('removed, nothing is left; a file that is something else is named', (t) => {
  const file = join(temporary(), 'visitors.db');
  openVisitorStore({ file, key }).close();
  removeVisitorStore(file);
  t.false(existsSync(file));
  removeVisitorStore(file);
  writeFileSync(file, 'this is no database at all, and quite long enough to be sure of it');
  const error = t.throws(() => openVisitorStore({ file, key }), { code: 'file.corrupt' });
  t.true(error?.message.includes(file));
});
