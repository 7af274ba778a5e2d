import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { startsAnew } from '../../src/journal/chain.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

function opened(file: string) {
  return openJournal({ file, terminal: 'door', clock: systemClock, onDamage: 'set-aside' });
}

test('what is not acknowledged gets new numbers in its order, and is otherwise what it was', (t) => {
  const file = join(folder(), 'journal.db');
  const journal = opened(file);
  for (let i = 1; i <= 2500; i++) journal.append({ kind: 'clock.stepped', body: { byMs: i } });
  journal.acknowledge(2);
  const before = journal.after(2, 5000);
  journal.renumber(40);
  const [begun, ...after] = journal.after(2, 5000);
  t.true(startsAnew(begun!));
  t.deepEqual([begun?.seq, journal.firstSeq, journal.lastSeq, journal.acknowledgedSeq], [2501, 1, 4999, 2]);
  t.like(begun?.body, { code: 'journal.renumbered', keptUpTo: 2, above: 40 });
  const told = ({ id, at, clock, kind, body }: (typeof before)[number]) => ({ id, at, clock, kind, body });
  t.deepEqual(after.map(told), before.map(told));
  t.is(journal.verify().brokenAt, null);
  const next = journal.append({ kind: 'clock.stepped', body: { byMs: 0 } });
  journal.close();

  const again = opened(file);
  t.deepEqual(again.latest(1), [next], 'no damage is seen in it');
  t.is(again.verify().rows, 2502);
  again.close();
});

test('numbers go on above those of the journal before, where that was the longer one', (t) => {
  const journal = opened(join(folder(), 'journal.db'));
  journal.append({ kind: 'clock.stepped', body: { byMs: 1 } });
  journal.renumber(900);
  t.deepEqual(
    journal.after(0, 10).map(({ seq }) => seq),
    [901, 902],
  );
  journal.acknowledge(902);
  journal.renumber(2000);
  t.is(journal.lastSeq, 902, 'everything is acknowledged');
  journal.close();
});

test('a power cut after the numbers were set aside, and before they were used, loses nothing', (t) => {
  const file = join(folder(), 'journal.db');
  const journal = opened(file);
  const events = [1, 2, 3].map((byMs) => journal.append({ kind: 'clock.stepped', body: { byMs } }));
  journal.close();
  appendFileSync(`${file}.seq`, '\n1003 3001\n');
  const after = opened(file);
  after.renumber(900);
  const ids = after.after(0, 10).map(({ id }) => id);
  for (const { id } of events) t.true(ids.includes(id));
  t.is(after.verify().brokenAt, null);
  t.true(after.firstSeq > 900);
  after.close();
});
