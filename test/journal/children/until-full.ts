import { openJournal } from '../../../src/journal/open-journal.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

/** Appends until it may not, and prints how many events returned and what the failure was. */
const journal = openJournal({ file: process.argv[2]!, terminal: 'north', clock: systemClock });
try {
  for (;;) journal.append({ kind: 'terminal.stopped', body: { cause: 'x'.repeat(500) } });
} catch (error) {
  console.log(JSON.stringify({ lastSeq: journal.lastSeq, code: (error as { code: string }).code }));
}
