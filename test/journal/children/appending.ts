import { writeSync } from 'node:fs';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

/** Appends for ever; prints each event's number and hash after `append` has returned. */
const journal = openJournal({ file: process.argv[2]!, terminal: 'north', clock: systemClock });
for (;;) {
  const { seq, hash } = journal.append({ kind: 'clock.stepped', body: { byMs: 1 } });
  // Not process.stdout.write, which may still hold the line when the process is killed.
  writeSync(1, `${seq} ${hash}\n`);
  if (seq % 7 === 0) journal.acknowledge(seq - 3);
  if (seq % 50 === 0) journal.prune(new Date(Date.now() + 1000));
}
