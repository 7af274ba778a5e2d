import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { installedPacks } from '../../src/models/installed.ts';
import { placeForPacks } from '../../src/models/place.ts';
import {
  lastingPackFolders,
  machinePackFolder,
  packFolders,
  resolvePackFolder,
  shippedPackFolder,
} from '../../src/vision/pack-folders.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test.serial('packs go where they were asked to, or where LIMEN_MODELS says, and are found there first', async (t) => {
  const [wanted, first, second] = [join(folder(), 'a', 'b'), join(folder(), 'first'), folder()];
  t.is(await placeForPacks(wanted), wanted);
  t.true(existsSync(wanted));

  const before = process.env.LIMEN_MODELS;
  t.teardown(() => {
    if (before === undefined) delete process.env.LIMEN_MODELS;
    else process.env.LIMEN_MODELS = before;
  });
  process.env.LIMEN_MODELS = `${first}:${second}`;
  t.deepEqual(packFolders().slice(0, 2), [first, second]);
  t.is(await placeForPacks(undefined), first);
  t.true(existsSync(first));

  mkdirSync(join(second, 'mine'));
  writeFileSync(join(second, 'mine', 'pack.json'), '{}');
  mkdirSync(join(second, '.coming.part'));
  writeFileSync(join(second, '.coming.part', 'pack.json'), '{}');
  t.is(resolvePackFolder('mine'), join(second, 'mine'));

  // Nothing that lies elsewhere under its name stands in for the pack that limen comes with.
  mkdirSync(join(first, 'faceapi'));
  writeFileSync(join(first, 'faceapi', 'pack.json'), '{}');
  t.is(resolvePackFolder('faceapi'), shippedPackFolder());
  const installed = new Map(installedPacks().map((pack) => [pack.name, pack.folder]));
  t.is(installed.get('mine'), join(second, 'mine'));
  t.is(installed.get('faceapi'), shippedPackFolder());
  t.false(installed.has('.coming.part'));
});

test('a place that cannot be made is said to be one', async (t) => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  await t.throwsAsync(placeForPacks(join(file, 'models')), { code: 'file.unwritable' });
});

test('an installation by npm is no place for packs, because its next update takes them away; a checkout is one', (t) => {
  const own = dirname(shippedPackFolder());
  t.true(lastingPackFolders('/home/somebody/limen').includes(own));
  t.false(lastingPackFolders('/usr/local/lib/node_modules/limen').includes(own));
  t.true(lastingPackFolders('/usr/local/lib/node_modules/limen').includes(machinePackFolder));
  t.true(packFolders().includes(machinePackFolder));
});
