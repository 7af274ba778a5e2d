import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import test from 'ava';
import type { Clock } from '../../src/domain/clock.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { openJournalReader } from '../../src/journal/sqlite-reader.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const folder = temporaryFolders(test);
const newFile = () => join(folder(), 'journal.db');

let nowMs = Date.parse('2025-06-01T12:00:00.000Z');
const clock: Clock = { now: () => new Date(nowMs++), monotonicMs: () => nowMs, quality: () => 'unsynced' };
const open = (file: string, terminal = 'north') => openJournal({ file, terminal, clock });
const stepped = (byMs: number) => ({ kind: 'clock.stepped', body: { byMs } }) as const;

test('events are numbered without a gap, chained, and read back as they were returned', (t) => {
  const file = newFile();
  const journal = open(file);
  t.is(journal.lastSeq, 0);
  const events = [1, 2, 3, 4, 5].map((n) => journal.append(stepped(n)));
  t.deepEqual(
    events.map((event) => event.seq),
    [1, 2, 3, 4, 5],
  );
  t.is(events[0]!.previousHash, '0'.repeat(64));
  t.is(events[3]!.previousHash, events[2]!.hash);
  t.is(new Set(events.map((event) => event.id)).size, 5);
  t.deepEqual(
    events.map((event) => event.id),
    events.map((event) => event.id).sort(),
  );
  t.is(events[0]!.clock, 'unsynced');
  t.deepEqual(journal.after(0, 100), events);
  t.deepEqual(journal.after(2, 2), events.slice(2, 4));
  t.deepEqual(journal.latest(2), events.slice(3));
  t.deepEqual(journal.latestOf(['clock.stepped', 'punch.recorded'], 2), events.slice(3));
  t.deepEqual(journal.latestOf(['punch.recorded'], 2), []);
  journal.close();
  const again = open(file);
  t.deepEqual(again.after(0, 100), events);
  t.is(again.append(stepped(6)).previousHash, events[4]!.hash);
  t.deepEqual(again.verify(), { rows: 6, firstSeq: 1, lastSeq: 6, brokenAt: null });
  again.close();
});

test('deeds are found by an index, which a journal of an older limen gets as well', (t) => {
  const file = newFile();
  const deed = (action: string) => ({ account: 'ada', action, target: 'front-door', detail: {} });
  const first = open(file);
  first.append({ kind: 'console.deed', body: deed('session.began') });
  first.append(stepped(1));
  first.close();
  const older = new DatabaseSync(file);
  older.exec('DROP INDEX event_deed');
  older.close();

  const journal = open(file);
  journal.append({ kind: 'console.deed', body: deed('session.ended') });
  const found = (before: number, limit = 10) => journal.deeds({ before, limit }).map(({ body }) => body.action);
  t.deepEqual(found(100), ['session.ended', 'session.began']);
  t.deepEqual(found(100, 1), ['session.ended']);
  t.deepEqual(found(3), ['session.began']);
  journal.close();
  const db = new DatabaseSync(file);
  const plan = db.prepare("EXPLAIN QUERY PLAN SELECT * FROM event WHERE kind = 'console.deed' AND seq < 9").all();
  db.close();
  t.regex(JSON.stringify(plan), /USING INDEX event_deed/);
});

test('only its owner can read a journal', (t) => {
  const file = newFile();
  const journal = open(file);
  journal.append(stepped(1));
  for (const part of ['', '-wal', '-shm', '.seq']) t.is(statSync(file + part).mode & 0o777, 0o600, part);
  journal.close();
});

test('a body that is not quite JSON is written as JSON, not lost', (t) => {
  const journal = open(newFile());
  const event = journal.append({
    kind: 'clock.stepped',
    body: { byMs: Number.NaN, extra: undefined } as { byMs: number },
  });
  t.deepEqual(event.body as unknown, { byMs: null });
  t.deepEqual(journal.after(0, 1), [event]);
  t.is(journal.verify().brokenAt, null);
  journal.close();
});

test('an acknowledgement never moves backwards and never past what was written', (t) => {
  const file = newFile();
  const journal = open(file);
  for (const n of [1, 2, 3]) journal.append(stepped(n));
  journal.acknowledge(2);
  for (const seq of [1, 0, -1, 4, 1e9, Number.NaN, 2.5]) journal.acknowledge(seq);
  t.is(journal.acknowledgedSeq, 2);
  journal.close();
  const again = open(file);
  t.is(again.acknowledgedSeq, 2);
  again.close();
});

test('pruning takes what is acknowledged and old, and the chain stays whole from there', (t) => {
  const file = newFile();
  const journal = open(file);
  const events = [1, 2, 3, 4, 5, 6].map((n) => journal.append(stepped(n)));
  const later = new Date(nowMs + 1000);
  t.is(journal.prune(later), 0, 'nothing is acknowledged');
  journal.acknowledge(4);
  t.is(journal.prune(new Date(events[2]!.at)), 2, 'two are older than the third');
  t.deepEqual(journal.verify(), { rows: 4, firstSeq: 3, lastSeq: 6, brokenAt: null });
  t.is(journal.prune(later), 2);
  journal.acknowledge(6);
  t.is(journal.prune(later), 2);
  t.deepEqual(journal.verify(), { rows: 0, firstSeq: null, lastSeq: null, brokenAt: null });
  t.is(journal.lastSeq, 6);
  journal.close();
  const again = open(file);
  const next = again.append(stepped(7));
  t.is(next.seq, 7);
  t.is(next.previousHash, events[5]!.hash);
  t.deepEqual(again.verify(), { rows: 1, firstSeq: 7, lastSeq: 7, brokenAt: null });
  again.close();
});

test('verify finds an event that was changed, removed or put in', (t) => {
  const tampering = [
    [`UPDATE event SET body = '{"byMs":99}' WHERE seq = 3`, 3],
    [`UPDATE event SET at = '2030-01-01T00:00:00.000Z' WHERE seq = 1`, 1],
    ['DELETE FROM event WHERE seq = 2', 3],
    [`UPDATE event SET body = '{' WHERE seq = 4`, 4],
    [
      `INSERT INTO event SELECT seq + 1, id, terminal, at, clock, kind, body, previous_hash, hash FROM event WHERE seq = 5`,
      6,
    ],
  ] as const;
  for (const [sql, brokenAt] of tampering) {
    const file = newFile();
    const journal = open(file);
    for (const n of [1, 2, 3, 4, 5]) journal.append(stepped(n));
    journal.close();
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
    t.is(openJournalReader(file).verify().brokenAt, brokenAt, sql);
  }
});

test('a reader looks in beside the writer, and leaves nothing behind once the writer is gone', (t) => {
  const file = newFile();
  const journal = open(file);
  const event = journal.append(stepped(1));
  const reader = openJournalReader(file);
  t.deepEqual(reader.latest(5), [event]);
  t.is(reader.terminal, 'north');
  const second = journal.append(stepped(2));
  t.is(reader.lastSeq, second.seq);
  reader.close();
  journal.close();
  const alone = join(folder(), 'copy #1?.db');
  const db = new DatabaseSync(file);
  db.exec(`VACUUM INTO '${alone}'`);
  db.close();
  t.is(openJournalReader(alone).lastSeq, 2);
  for (const part of ['-wal', '-shm']) t.throws(() => statSync(alone + part), { code: 'ENOENT' });
  const error = t.throws(() => openJournalReader(join(folder(), 'none.db')), { instanceOf: LimenError });
  t.is(error.code, 'file.unreadable');
});

test("another terminal's journal is not continued", (t) => {
  const file = newFile();
  open(file).close();
  const error = t.throws(() => open(file, 'south'), { instanceOf: LimenError });
  t.is(error.code, 'config.invalid');
  t.regex(error.message, /belongs to terminal north, not to south/);
});

test('a journal of a newer limen is refused and not set aside', (t) => {
  const file = newFile();
  open(file).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 2');
  db.close();
  for (const onDamage of ['refuse', 'set-aside'] as const) {
    const error = t.throws(() => openJournal({ file, terminal: 'north', clock, onDamage }), { instanceOf: LimenError });
    t.is(error.code, 'file.newer-version');
  }
});

test('a full disk: append says so, nothing is half written, and it goes on once there is space', (t) => {
  const disk = folder();
  if (!mountSmallDisk(t, disk, 400)) return;
  const journal = open(join(disk, 'journal.db'));
  const filling = () => journal.append({ kind: 'terminal.stopped', body: { cause: 'x'.repeat(2000) } });
  const error = t.throws(
    () => {
      for (;;) filling();
    },
    { instanceOf: LimenError },
  );
  t.is(error.code, 'disk.full');
  const { lastSeq } = journal;
  t.true(lastSeq > 10);
  t.throws(filling, { code: 'disk.full' });
  t.deepEqual(journal.verify(), { rows: lastSeq, firstSeq: 1, lastSeq, brokenAt: null });
  t.is(spawnSync('mount', ['-o', 'remount,size=2000k', disk]).status, 0);
  t.is(filling().seq, lastSeq + 1);
  t.is(journal.verify().brokenAt, null);
  journal.close();
});

test('a file size limit is a full disk as well', (t) => {
  const file = newFile();
  const child = fileURLToPath(siblingModule(import.meta.url, './children/until-full'));
  const script = 'ulimit -f 300; exec "$0" "$1" "$2"';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, child, file], { encoding: 'utf8' });
  t.notThrows(() => JSON.parse(stdout), stderr);
  const { lastSeq, code } = JSON.parse(stdout);
  t.is(code, 'disk.full');
  const journal = open(file);
  t.deepEqual(journal.verify(), { rows: lastSeq, firstSeq: 1, lastSeq, brokenAt: null });
  journal.close();
});

test('what is wanted is found among the rows that are named, and among no others', (t) => {
  const journal = open(newFile());
  t.is(journal.firstSeq, 0);
  const reset = (personId: string | null) =>
    ({ kind: 'access.reset', body: { what: 'lock-out', personId, cause: 'a test' } }) as const;
  const events = [reset('1001'), stepped(2), reset('1001.2'), reset(null), stepped(5), reset('1001')].map((one) =>
    journal.append(one),
  );
  const all = { after: 0, before: 7, order: 'oldest', limit: 10 } as const;
  const found = (...asked: Parameters<typeof journal.matching>) => journal.matching(...asked).map(({ seq }) => seq);
  t.deepEqual(journal.matching({}, all), events);
  t.deepEqual(found({}, { ...all, order: 'newest', limit: 2 }), [6, 5]);
  t.deepEqual(found({}, { ...all, after: 2, before: 5 }), [3, 4]);
  t.deepEqual(found({ kinds: ['access.*'] }, all), [1, 3, 4, 6]);
  t.deepEqual(found({ kinds: ['access.res'] }, all), []);
  t.deepEqual(found({ kinds: ['clock.stepped', 'access.reset'], personId: '1001' }, all), [1, 6]);
  t.deepEqual(found({ personId: "1001' OR '1" }, all), []);
  const from = new Date(events[2]!.at);
  t.deepEqual(found({ from }, all), [3, 4, 5, 6]);
  t.deepEqual(found({ to: from }, all), [1, 2]);
  journal.acknowledge(6);
  t.is(journal.prune(from), 2);
  t.is(journal.firstSeq, 3);
  journal.close();
});
