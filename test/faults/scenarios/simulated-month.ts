import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Attendance } from '../../../src/attendance/attendance.ts';
import { instantOf } from '../../../src/attendance/facts.ts';
import { punchesOf } from '../../../src/hub/punch-book.ts';
import { liveThroughMonth, type Month, type Written } from '../simulation/month.ts';
import { month } from '../simulation/month-script.ts';
import { amount, patienceMs, seeds } from '../support/amount.ts';

/** Hundreds take a quarter of an hour. */
const people = amount({ short: 100, long: 500 });

test(`a simulated month of ${people} people and ten terminals: the books are the script's, to the punch`, async (t) => {
  t.timeout(patienceMs);
  for (const seed of seeds(1)) {
    t.log(`LIMEN_FAULTS_SEED=${seed} npm run test:faults -- simulated-month`);
    const folder = mkdtempSync(join(tmpdir(), 'limen-month-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const lived = await liveThroughMonth({ seed, folder, people });
    await punchesAreTheBook(t, lived);
    await attendanceIsTheBook(t, lived);
    t.log(JSON.stringify({ punches: lived.book.length, ...lived.kills }));
    t.true(lived.kills.hub > 20 && lived.kills.terminal > 20, 'the month had everything');
    await lived.hub.stop();
  }
});

/** Every punch once, of the right person, with what it meant, at the true time where the clock was wrong, too. */
async function punchesAreTheBook(t: ExecutionContext, { hub, book }: Month): Promise<void> {
  const everybody = [...new Set(book.map(({ personId }) => personId))];
  const span = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };
  const held = await punchesOf(hub.running!.store.db, { ...span, personIds: everybody });
  const byId = <T extends { readonly id: string }>(all: readonly T[]) => all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const said = (id: string, personId: string, code: string, atMs: number) => `${id} ${personId} ${code} ${atMs}`;
  t.deepEqual(
    byId(held).map((punch) => said(punch.id, punch.personId, punch.code, instantOf(punch))),
    byId(book).map(({ id, personId, code, atMs }) => said(id, personId, code, atMs)),
  );
  t.true(held.filter(({ corrected }) => corrected !== undefined).length > people / 3, 'a clock was put right');
}

/** What everybody worked on every day, and what somebody has to look at, and nothing besides. */
async function attendanceIsTheBook(t: ExecutionContext, lived: Month): Promise<void> {
  const shifts = new Map<string, Written[]>();
  for (const written of lived.book) {
    const key = `${written.personId} ${written.date}`;
    shifts.set(key, [...(shifts.get(key) ?? []), written]);
  }
  const office = await lived.office();
  const found = new Map<string, string>();
  const wrong: string[] = [];
  for await (const attendance of office.report(month)) {
    for (const [key, kind] of findingsOf(attendance)) found.set(key, kind);
    for (const { date, workedMs } of attendance.days) {
      const key = `${attendance.worker.id} ${date}`;
      const expectedMs = workedIn(shifts.get(key) ?? []);
      if (workedMs !== expectedMs) wrong.push(`${key}: ${workedMs} ms, not ${expectedMs}`);
    }
  }
  t.deepEqual(wrong, []);
  t.deepEqual([...found].sort(), [...lived.script.findings].sort());
}

function findingsOf({ worker, days }: Attendance): [key: string, kind: string][] {
  return days.flatMap(({ date, findings }) =>
    findings.map(({ kind }): [string, string] => [`${worker.id} ${date}`, kind]),
  );
}

/** The script's own arithmetic: from the first IN to the OUT, less the break; without an OUT, nothing. */
function workedIn(shift: readonly Written[]): number {
  const at = (code: string) => shift.find((written) => written.code === code)?.atMs;
  const [comes, leaves, pauses, returns] = [at('in'), at('out'), at('break-start'), at('break-end')];
  if (comes === undefined || leaves === undefined) return 0;
  return leaves - comes - (pauses !== undefined && returns !== undefined ? returns - pauses : 0);
}
