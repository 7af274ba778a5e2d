import { join } from 'node:path';
import test from 'ava';
import { openJournalReader } from '../../src/journal/sqlite-reader.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';
import { killedChild } from '../support/killed-child.ts';

const folder = temporaryFolders(test);
const child = siblingModule(import.meta.url, './children/appending');

test('a journal that is killed, twenty times over, loses no event that append returned for', async (t) => {
  const file = join(folder(), 'journal.db');
  const returned = new Map<number, string>();
  for (let round = 0; round < 20; round++) {
    const lines = await killedChild(child, [file], (round * 11) % 37);
    for (const [seq, hash] of lines.map((line) => line.split(' '))) {
      t.false(returned.has(Number(seq)), `number ${seq} was given twice`);
      returned.set(Number(seq), hash!);
    }
    const journal = openJournalReader(file);
    const { brokenAt, firstSeq, lastSeq } = journal.verify();
    t.is(brokenAt, null);
    const highest = Math.max(...returned.keys());
    t.true(lastSeq === highest || lastSeq === highest + 1, `${lastSeq} after ${highest}`);
    const kept = new Map(journal.after(0, 1e6).map((event) => [event.seq, event.hash]));
    for (const [seq, hash] of returned) if (seq >= firstSeq!) t.is(kept.get(seq), hash, `event ${seq}`);
    t.true(firstSeq! <= journal.acknowledgedSeq + 1, 'only acknowledged events are ever pruned');
    journal.close();
  }
  t.log(`${returned.size} events returned, 20 processes killed`);
});
