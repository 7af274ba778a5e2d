import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ExecutionContext, SerialFn, TestFn } from 'ava';
import type { Lock } from '../../src/door/lock.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** A line under test: the driver's side, and somebody who looks at the line itself. */
export interface LockBench {
  /** Take the line as a new process would. */
  open(): Promise<Lock>;
  /** What the metal does, seen without the driver. */
  seen(): 'secured' | 'released';
  /** Leave the line the way a process killed mid-pulse does. */
  leaveReleased(): void;
  readonly restFile: string;
  remove(): void;
}

/** What every lock driver promises. Benches that share one line need `test.serial`. A bench that is `null` skips the test, having said why through `needs`. */
export function lockContract(
  test: TestFn | SerialFn,
  driver: string,
  makeBench: (t: ExecutionContext) => LockBench | null,
): void {
  const check = (promise: string, body: (bench: LockBench, t: ExecutionContext) => Promise<void>) =>
    test(`${driver}: ${promise}`, async (t) => {
      const bench = makeBench(t);
      if (bench === null) return;
      t.teardown(() => bench.remove());
      await body(bench, t);
    });

  check('opens at rest', async (bench, t) => {
    const lock = await bench.open();
    t.is(bench.seen(), 'secured');
    t.is(lock.read(), 'secured');
    lock.close();
  });

  check('opens at rest a line that was left released', async (bench, t) => {
    (await bench.open()).close();
    bench.leaveReleased();
    t.is(bench.seen(), 'released');
    const lock = await bench.open();
    t.is(bench.seen(), 'secured');
    lock.close();
  });

  check('drives the line and reads it back', async (bench, t) => {
    const lock = await bench.open();
    lock.release();
    t.is(bench.seen(), 'released');
    t.is(lock.read(), 'released');
    lock.secure();
    t.is(bench.seen(), 'secured');
    t.is(lock.read(), 'secured');
    lock.close();
  });

  check('reads the line, not its own memory', async (bench, t) => {
    const lock = await bench.open();
    bench.leaveReleased();
    t.is(lock.read(), 'released');
    lock.close();
  });

  check('is at rest after close, and close may be called twice', async (bench, t) => {
    const lock = await bench.open();
    lock.release();
    lock.close();
    t.is(bench.seen(), 'secured');
    t.notThrows(() => lock.close());
    t.is(bench.seen(), 'secured');
  });

  check('writes down how limen-rest brings it to rest', async (bench, t) => {
    const lock = await bench.open();
    lock.release();
    execFileSync('sh', [join(packageRoot(), 'systemd/limen-rest'), bench.restFile], { stdio: 'pipe' });
    t.is(bench.seen(), 'secured');
    lock.close();
  });
}
