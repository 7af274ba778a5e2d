/**
 * What a time clock's books cost: a year of punches taken in, and one month's attendance computed from them, on SQLite and
 * on a real PostgreSQL: `npm run bench:attendance`.
 *
 *     node dist/bench/attendance.js [--people 100,1000,10000] [--stores sqlite,postgres] [--json]
 *
 * 10,000 people make about 10 million punches. Beside the import stands what one core needs to hash the same rows and
 * do nothing else with them: the floor of whoever checks what terminals send.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LimenEvent } from '../src/domain/event.ts';
import type { Books } from '../src/hub/database.ts';
import { hashOf } from '../src/journal/chain.ts';
import { TestPostgres } from '../test/support/postgres.ts';
import { yearOf } from './attendance/year.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '100,1000,10000' },
    stores: { type: 'string', default: 'sqlite,postgres' },
    json: { type: 'boolean', default: false },
  },
});

interface Done {
  readonly punches: number;
  readonly importMs: number;
  readonly importRssMb: number;
  readonly reportMs: number;
  readonly reportCpuMs: number;
  readonly rssMb: number;
  readonly people: number;
  readonly workedHours: number;
}

const floorUs = hashingUs();
const rows: (Done & { store: string; megabytes: number | null; load: number })[] = [];
for (const store of values.stores.split(','))
  for (const people of values.people.split(',').map(Number)) rows.push(await measure(store, people));
if (values.json) console.log(JSON.stringify({ floorUs, rows }, null, 2));
else print();

/** Microseconds to hash one row, the median of 21 days of a terminal. */
function hashingUs(): number {
  const times: number[] = [];
  for (const events of yearOf(200)) {
    const startMs = performance.now();
    for (const event of events) hashOf(event as unknown as LimenEvent);
    times.push(((performance.now() - startMs) * 1000) / events.length);
    if (times.length === 21) break;
  }
  return times.sort((a, b) => a - b)[10]!;
}

async function measure(store: string, people: number) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-bench-attendance-'));
  const server = store === 'postgres' ? await TestPostgres.create() : null;
  try {
    await server?.start({ fsync: 'on' });
    const books: Books = server ? await server.database() : { driver: 'sqlite', file: join(folder, 'hub.db') };
    const load = loadavg()[0]!;
    const done = await booksOf({ books, folder, people });
    const megabytes = books.driver === 'sqlite' ? statSync(books.file).size / 1e6 : null;
    return { store, load, megabytes, ...done };
  } finally {
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function booksOf(job: { books: Books; folder: string; people: number }): Promise<Done> {
  const child = fork(join(import.meta.dirname, 'attendance', 'books.js'), [JSON.stringify(job)]);
  return new Promise((resolve, reject) => {
    child.on('message', (said: { kind: string; punches: number } & Done) => {
      if (said.kind === 'done') resolve(checked(said));
      else if (process.stderr.isTTY) process.stderr.write(`\r${job.people} people: ${said.punches} punches …\x1b[K`);
    });
    child.on('exit', (code) => reject(new Error(`the books ended early, with exit code ${code}`)));
  });
}

/** Everybody worked eight hours on each of November's 21 working days; a figure of wrong books is none. */
function checked(done: Done): Done {
  const expectedHours = done.people * 21 * 8;
  if (done.workedHours === expectedHours) return done;
  throw new Error(`the report says ${done.workedHours} hours, and it should be ${expectedHours}`);
}

function print(): void {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
  console.log(`Hashing one row and nothing else: ${floorUs.toFixed(1)} µs`);
  console.log(
    '| store | people | punches | import | per punch | times the floor | a month of all | CPU | memory | file | load |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const perPunchUs = (row.importMs * 1000) / row.punches;
    const cells = [
      ...[row.store, row.people, row.punches, `${(row.importMs / 1000).toFixed(1)} s`, `${perPunchUs.toFixed(0)} µs`],
      ...[`${(perPunchUs / floorUs).toFixed(1)} ×`, `${(row.reportMs / 1000).toFixed(2)} s`],
      ...[`${(row.reportCpuMs / 1000).toFixed(2)} s`, `${row.rssMb.toFixed(0)} MB`],
      ...[row.megabytes === null ? '' : `${row.megabytes.toFixed(0)} MB`, row.load.toFixed(1)],
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
