/** Argument: a folder with a gallery in it. Reads that, writes the next version of it, and begins a journal beside it. */
import { join } from 'node:path';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { personOf, templateOf } from '../../gallery/people.ts';

const [folder = ''] = process.argv.slice(2);
const store = new LowdbGalleryStore({ file: join(folder, 'gallery.json'), key: Buffer.alloc(32, 7) });
const { snapshot } = (await store.read())!;
const people = [...snapshot.people, personOf('boris', [templateOf(2)], 2)];
await store.write({ ...snapshot, version: 2, people });

const journal = openJournal({ file: join(folder, 'journal.db'), terminal: 'north', clock: systemClock });
const events = [1, 2, 3].map((byMs) => journal.append({ kind: 'clock.stepped', body: { byMs } }));
const found = journal.verify();
journal.close();
console.log(JSON.stringify({ read: snapshot.people.map(({ id }) => id), events, found }));
