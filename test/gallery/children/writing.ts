import { writeSync } from 'node:fs';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import { personOf, snapshotOf, templateOf } from '../people.ts';

/** Writes version after version for ever; prints each one after `write` has returned. */
const store = new LowdbGalleryStore({ file: process.argv[2]!, key: Buffer.alloc(32, 7) });
for (let version = ((await store.read())?.snapshot.version ?? 0) + 1; ; version++) {
  const people = Array.from({ length: 40 }, (_, i) => personOf(`p${i}`, [templateOf(version + i)], version));
  await store.write(snapshotOf(people, version));
  writeSync(1, `${version}\n`);
}
