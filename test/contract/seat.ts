import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { ExecutionContext, TestFn } from 'ava';
import type { Books } from '../../src/hub/database.ts';
import { seatOf } from '../../src/hub/open-seat.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { until } from '../support/sync.ts';

export interface SeatContract {
  readonly name: string;
  /** `null` when the test should end. */
  readonly books: (t: ExecutionContext) => Promise<Books | null>;
}

/** What a seat promises, whatever keeps it. */
export function seatContract(test: TestFn, { name, books }: SeatContract): void {
  test(`${name}: one has the seat, until it is given up; each duty has its own`, async (t) => {
    const where = await books(t);
    if (where === null) return;
    const [one, two] = [await seatOf(where, 'publisher'), await seatOf(where, 'publisher')];
    const first = await one.take();
    t.false(first?.lost.aborted);
    t.is(await two.take(), null);
    const other = await (await seatOf(where, 'only-process')).take();
    t.not(other, null);
    await first?.release();
    await until(async () => {
      const second = await two.take();
      await second?.release();
      return second !== null;
    });
    await other?.release();
  });

  test(`${name}: a process that is killed gives up its seat`, async (t) => {
    const where = await books(t);
    if (where === null) return;
    const room = pathToFileURL(join(packageRoot(), 'dist/src/hub/open-seat.js')).href;
    const script = `const { seatOf } = await import(${JSON.stringify(room)});
      const seating = await (await seatOf(${JSON.stringify(where)}, 'publisher')).take();
      console.log(seating === null ? 'taken' : 'seated');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const [said] = await once(createInterface(child.stdout), 'line');
    t.is(said, 'seated');
    const seat = await seatOf(where, 'publisher');
    t.is(await seat.take(), null);
    child.kill('SIGKILL');
    await until(async () => {
      const seating = await seat.take();
      await seating?.release();
      return seating !== null;
    });
  });
}
