import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { everyPicture, onePictureEach } from '../../src/evaluate/pictures.ts';
import { peopleInFolder } from '../../src/hub/pictures.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test('a collection put together of links is read as one of folders', (t) => {
  const [store, links] = [folder(), folder()];
  mkdirSync(join(store, 'ada'));
  writeFileSync(join(store, 'ada', '1.jpg'), '');
  symlinkSync(join(store, 'ada'), join(links, '7 Ada Lovelace'));
  symlinkSync(join(store, 'nowhere'), join(links, 'broken'));
  const file = join(links, '7 Ada Lovelace', '1.jpg');
  t.deepEqual(peopleInFolder(links), [{ id: '7', name: 'Ada Lovelace', files: [file] }]);
  t.deepEqual(everyPicture(links), [file]);
  t.deepEqual(onePictureEach(links), [file]);
});
