/**
 * What a time clock's books cost: a year of punches taken in, and one month's attendance computed from them, on SQLite and
 * on a real PostgreSQL: `npm run bench:attendance`.
 *
 *     node dist/bench/attendance.js [--people 100,1000,10000] [--backend sqlite,postgres] [--json]
 *
 * 100 people make about 100,000 punches, 10,000 about 10 million, for which there have to be 25 GB free in the folder of
 * temporary files (TMPDIR). Beside the import stands what one core needs to hash the same rows and do nothing else with
 * them: the floor of whoever checks what terminals send. The second table is the import by tenths of the year: whether it
 * gets dearer, or needs more memory, the more there is in the books.
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
import type { Done, Job, Point, Said } from './attendance/job.ts';
import { punchesADay, workingDays, yearOf } from './attendance/year.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '100,1000,10000' },
    backend: { type: 'string', default: 'sqlite,postgres' },
    json: { type: 'boolean', default: false },
  },
});

const floorUs = hashingUs();
const rows: (Done & { store: string; megabytes: number; load: number })[] = [];
for (const store of values.backend.split(','))
  for (const people of values.people.split(',').map(Number)) rows.push(await measure(store, people));
if (values.json) console.log(JSON.stringify({ floorUs, rows }, null, 2));
else print();

/** Microseconds of a core to hash one row, the median of 21 days of a terminal. */
function hashingUs(): number {
  const times: number[] = [];
  for (const events of yearOf(200)) {
    const before = process.cpuUsage();
    for (const event of events) hashOf(event as unknown as LimenEvent);
    times.push(process.cpuUsage(before).user / events.length);
    if (times.length === 21) break;
  }
  return times.sort((a, b) => a - b)[10]!;
}

async function measure(store: string, people: number) {
  if (store !== 'sqlite' && store !== 'postgres') throw new Error(`--backend is sqlite or postgres, not "${store}"`);
  const folder = mkdtempSync(join(tmpdir(), 'limen-bench-attendance-'));
  const server = store === 'postgres' ? await TestPostgres.create() : null;
  try {
    await server?.start({ fsync: 'on' });
    const books: Books = server ? await server.database() : { driver: 'sqlite', file: join(folder, 'hub.db') };
    const load = loadavg()[0]!;
    const done = await booksOf({ books, folder, people }, progressOf(store, people));
    const megabytes = (books.driver === 'sqlite' ? statSync(books.file).size : await sizeIn(server!)) / 1e6;
    return { store, load, megabytes, ...done };
  } finally {
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sizeIn(server: TestPostgres): Promise<number> {
  const [row] = await server.query('books_1', 'select pg_database_size(current_database()) as bytes');
  return Number(row?.bytes);
}

function booksOf(job: Job, onProgress: (point: Point) => void): Promise<Done> {
  const child = fork(join(import.meta.dirname, 'attendance', 'books.js'), [JSON.stringify(job)]);
  return new Promise((resolve, reject) => {
    child.on('message', (said: Said) => {
      if (said.kind === 'progress') onProgress(said.point);
      else resolve(checked(said.done));
    });
    child.on('exit', (code) => reject(new Error(`the books ended early, with exit code ${code}`)));
  });
}

/** On a terminal a line that changes; otherwise a line now and then, so that a log shows how far it is. */
function progressOf(store: string, people: number): (point: Point) => void {
  const expected = people * workingDays.length * punchesADay;
  let saidAtMs = performance.now();
  return ({ punches, importMs, rssMb }) => {
    const perPunchUs = (importMs * 1000) / punches;
    const leftS = Math.round((perPunchUs * (expected - punches)) / 1e6);
    const line = `${store}, ${people} people: ${punches} of ${expected} punches, ${perPunchUs.toFixed(0)} µs each, ${rssMb.toFixed(0)} MB, ${leftS} s to go`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}\x1b[K${punches === expected ? '\n' : ''}`);
    else if (punches === expected || performance.now() - saidAtMs > 30_000) {
      saidAtMs = performance.now();
      process.stderr.write(`${line}\n`);
    }
  };
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
    '| store | people | punches | import | per punch | CPU of it | times the floor | a month of all | CPU | memory at most | books | load |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const perPunchUs = (row.importMs * 1000) / row.punches;
    const cpuUs = (row.importCpuMs * 1000) / row.punches;
    const cells = [
      ...[row.store, row.people, row.punches, `${(row.importMs / 1000).toFixed(1)} s`, `${perPunchUs.toFixed(0)} µs`],
      `${cpuUs.toFixed(0)} µs`,
      ...[`${(cpuUs / floorUs).toFixed(1)} ×`, `${(row.reportMs / 1000).toFixed(2)} s`],
      ...[`${(row.reportCpuMs / 1000).toFixed(2)} s`, `${row.rssMb.toFixed(0)} MB`],
      ...[`${row.megabytes.toFixed(0)} MB`, row.load.toFixed(1)],
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log('\n| store | people | punches by then | per punch since the line before | memory |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const { store, people, curve } of rows) {
    for (const [i, { punches, importMs, rssMb }] of curve.entries()) {
      const before = curve[i - 1] ?? { punches: 0, importMs: 0 };
      const perPunchUs = ((importMs - before.importMs) * 1000) / (punches - before.punches);
      console.log(`| ${store} | ${people} | ${punches} | ${perPunchUs.toFixed(0)} µs | ${rssMb.toFixed(0)} MB |`);
    }
  }
}
