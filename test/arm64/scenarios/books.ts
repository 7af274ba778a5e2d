import { join } from 'node:path';
import test from 'ava';
import type { LimenEvent } from '../../../src/domain/event.ts';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import type { ChainReport } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { personOf, snapshotOf, templateOf } from '../../gallery/people.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { emulated } from '../emulated.ts';

const newFolder = temporaryFolders(test);

test('a journal and a gallery written there are read here, and the other way round', async (t) => {
  const folder = newFolder();
  const store = new LowdbGalleryStore({ file: join(folder, 'gallery.json'), key: Buffer.alloc(32, 7) });
  const anna = personOf('anna', [templateOf(1)]);
  await store.write(snapshotOf([anna], 1));
  const there = await emulated<{ read: string[]; events: LimenEvent[]; found: ChainReport }>('books', folder);
  t.deepEqual(there.read, ['anna']);
  t.deepEqual(there.found, { rows: 3, firstSeq: 1, lastSeq: 3, brokenAt: null });

  const boris = personOf('boris', [templateOf(2)], 2);
  t.deepEqual(await store.read(), { snapshot: snapshotOf([anna, boris], 2), recoveredFrom: null });
  const journal = openJournal({ file: join(folder, 'journal.db'), terminal: 'north', clock: systemClock });
  t.deepEqual(journal.after(0, 100), there.events);
  const next = journal.append({ kind: 'clock.stepped', body: { byMs: 4 } });
  t.is(next.previousHash, there.events[2]!.hash);
  t.deepEqual(journal.verify(), { rows: 4, firstSeq: 1, lastSeq: 4, brokenAt: null });
  journal.close();
});
