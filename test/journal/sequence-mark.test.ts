import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { markBlock, SequenceMark } from '../../src/journal/sequence-mark.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test('the bound is above every number used, whenever the process ends', (t) => {
  const file = join(folder(), 'journal.db.seq');
  for (let seq = 1; seq <= 3 * markBlock; seq++) {
    const mark = SequenceMark.read(file);
    mark.cover(seq);
    const again = SequenceMark.read(file);
    t.true(again.bound >= seq);
    t.true(again.used < seq);
  }
  t.is(readFileSync(file, 'utf8').split('\n').filter(Boolean).length, 3, 'one line per block');
  t.is(statSync(file).mode & 0o777, 0o600);
});

test('a damaged line is counted as a block, so the bound still holds', (t) => {
  const file = join(folder(), 'journal.db.seq');
  for (let seq = 1; seq <= 1000; seq++) SequenceMark.read(file).cover(seq);
  const whole = readFileSync(file);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= flip;
      writeFileSync(file, bytes);
      return SequenceMark.read(file).bound >= 1000;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('a line that was cut off by a power cut does not spoil the next one', (t) => {
  const file = join(folder(), 'journal.db.seq');
  SequenceMark.read(file).cover(1);
  appendFileSync(file, '\n20');
  SequenceMark.read(file).cover(101);
  t.true(SequenceMark.read(file).bound >= 200);
});

test('without a file nothing is known', (t) => {
  t.is(SequenceMark.read(join(folder(), 'none')).bound, 0);
});
