import { join } from 'node:path';
import test from 'ava';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';
import { killedChild } from '../support/killed-child.ts';
import { personOf, snapshotOf, templateOf } from './people.ts';

const folder = temporaryFolders(test);
const child = siblingModule(import.meta.url, './children/writing');

test('a store that is killed mid-write, twenty times over, always holds one of the written galleries, whole', async (t) => {
  const file = join(folder(), 'gallery.json');
  const store = new LowdbGalleryStore({ file, key: Buffer.alloc(32, 7) });
  let versions = 0;
  for (let round = 0; round < 20; round++) {
    const written = await killedChild(child, [file], (round * 7) % 23);
    versions += written.length;
    const last = Number(written.at(-1));
    const stored = await store.read();
    const version = stored?.snapshot.version ?? 0;
    // The write that was under way may have made it; anything that was reported has.
    t.true(version === last || version === last + 1, `killed after ${last}, found ${version}`);
    t.is(stored?.recoveredFrom, null);
    const people = Array.from({ length: 40 }, (_, i) => personOf(`p${i}`, [templateOf(version + i)], version));
    t.deepEqual(stored?.snapshot, snapshotOf(people, version));
  }
  t.log(`${versions} galleries written, 20 processes killed`);
});
