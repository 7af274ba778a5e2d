import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { genesisHash } from '../../src/journal/chain.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const stepped = { kind: 'clock.stepped', body: { byMs: 1 } } as const;
const open = (file: string, onDamage: 'refuse' | 'set-aside' = 'set-aside') =>
  openJournal({ file, terminal: 'north', clock: systemClock, onDamage });

/** A journal of 250 events, the first 200 acknowledged, on several pages. */
function journalOf250() {
  const file = join(folder(), 'journal.db');
  const journal = open(file);
  const events = Array.from({ length: 250 }, () => journal.append(stepped));
  journal.acknowledge(200);
  journal.close();
  return { file: copyOf(file), events };
}

/**
 * As another process would find it. A closed SQLite connection lives on in this process until its statements are
 * garbage collected, and would still see the file from before the damage.
 */
function copyOf(file: string): string {
  const copy = join(folder(), 'journal.db');
  for (const part of ['', '.seq']) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
  return copy;
}

function overwrite(file: string, from: number, length: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, from, from + length);
  writeFileSync(file, bytes);
}

/** As a process leaves it that was killed: the next one checks every page. */
function markUnclosed(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('UPDATE state SET closed = 0');
  db.close();
}

const asideOf = (file: string) => readdirSync(dirname(file)).filter((name) => /\.damaged-\d{8}T\d{6}Z$/.test(name));

const wrecks: readonly [string, (file: string) => void][] = [
  ['full of something else', (file) => writeFileSync(file, 'not a database'.repeat(1000))],
  ['without its header', (file) => overwrite(file, 0, 100)],
  ['gone', (file) => rmSync(file)],
  ['empty', (file) => truncateSync(file, 0)],
];

for (const [name, wreck] of wrecks) {
  test(`a journal that is ${name}: a new chain above every number ever used`, (t) => {
    const { file } = journalOf250();
    wreck(file);
    t.is(t.throws(() => open(copyOf(file), 'refuse'), { instanceOf: LimenError }).code, 'journal.corrupt');
    const journal = open(file);
    const [first, ...others] = journal.after(0, 10);
    t.is(first?.kind, 'journal.recovered');
    t.is(others.length, 0);
    t.is(first?.previousHash, genesisHash);
    t.true(first!.seq > 250, `${first!.seq}`);
    t.is((first!.body as { keptUpTo: number }).keptUpTo, 0);
    t.is(journal.acknowledgedSeq, first!.seq - 1);
    t.is(journal.append(stepped).previousHash, first!.hash);
    t.is(journal.verify().brokenAt, null);
    journal.close();
    t.is(asideOf(file).length, name === 'gone' ? 0 : 1);
    const again = open(file);
    t.is(again.latest(1)[0]?.seq, first!.seq + 1, 'recovered once, not at every start');
    again.close();
  });
}

test('what the hub has not got is saved as far as it can be read', (t) => {
  const { file, events } = journalOf250();
  // The newest events lie at the end of the file.
  const { length } = readFileSync(file);
  overwrite(file, Math.floor(length * 0.9), Math.floor(length * 0.1));
  markUnclosed(file);
  const journal = open(file);
  const rows = journal.after(0, 1000);
  const saved = rows.slice(0, -1);
  t.true(saved.length > 0, 'some are readable');
  t.deepEqual(saved, events.slice(200, 200 + saved.length));
  t.is(rows.at(-1)?.kind, 'journal.recovered');
  t.true(rows.at(-1)!.seq > 250);
  const { reason, keptUpTo } = rows.at(-1)!.body as { reason: string; keptUpTo: number };
  t.true(reason.includes(`${saved.length} events`));
  t.is(keptUpTo, saved.at(-1)!.seq);
  t.is(journal.acknowledgedSeq, 200);
  t.is(journal.verify().brokenAt, null);
  journal.close();
});

test('a journal that lost its newest events says so and uses no number twice', (t) => {
  const { file, events } = journalOf250();
  const older = copyOf(file);
  const journal = open(file);
  for (let n = 0; n < 200; n++) journal.append(stepped);
  journal.close();
  copyFileSync(`${file}.seq`, `${older}.seq`);
  t.is(t.throws(() => open(copyOf(older), 'refuse'), { instanceOf: LimenError }).code, 'journal.corrupt');
  const recovered = open(older);
  const last = recovered.latest(1)[0]!;
  t.is(last.kind, 'journal.recovered');
  t.true(last.seq > 450);
  t.is((last.body as { keptUpTo: number }).keptUpTo, 250);
  t.deepEqual(recovered.after(200, 50), events.slice(200));
  t.is(recovered.acknowledgedSeq, 200);
  t.is(recovered.verify().brokenAt, null);
  recovered.close();
});

test('with the numbers lost as well, no number is guessed', (t) => {
  const { file } = journalOf250();
  writeFileSync(file, 'x'.repeat(9000));
  rmSync(`${file}.seq`);
  const error = t.throws(() => open(file), { instanceOf: LimenError });
  t.is(error.code, 'journal.corrupt');
  t.regex(error.message, /next number is unknown/);
  t.true(existsSync(file), 'nothing was moved');
});

test('a lost mark beside a sound journal is made anew', (t) => {
  const { file } = journalOf250();
  rmSync(`${file}.seq`);
  const journal = open(file);
  t.is(journal.append(stepped).seq, 251);
  journal.close();
  const copy = copyOf(file);
  writeFileSync(copy, 'x'.repeat(9000));
  const recovered = open(copy);
  t.true(recovered.lastSeq > 251);
  recovered.close();
});
