import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ExecutionContext, SerialFn, TestFn } from 'ava';
import { type LockOptions, openLock } from '../../src/door/line-lock.ts';
import { type Level, levelOf } from '../../src/gpio/gpio.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** A line under test: how it is opened, and somebody who looks at the line itself. */
export interface LockBench {
  readonly lock: Pick<LockOptions, 'driver' | 'driverOptions' | 'restFile'>;
  readonly line: Pick<LockOptions['line'], 'chipLabel' | 'line'>;
  /** The electrical level, seen without the driver. */
  seen(): Level;
  /** The level of the line while nobody drives it; a plain file simply takes it. */
  pull(level: Level): void;
  /** Drive the line while the lock holds it, where the driver lets others do that. */
  readonly drive?: (level: Level) => void;
  remove(): void;
}

/** What a lock promises over every driver, with each wiring and relay board. Benches that share one line need `test.serial`. A bench that is `null` skips the test, having said why through `needs`. */
export function lockContract(
  test: TestFn | SerialFn,
  { driver, keepsOthersOut = false }: { driver: string; keepsOthersOut?: boolean },
  makeBench: (t: ExecutionContext) => LockBench | null,
): void {
  for (const wiring of ['fail-secure', 'fail-safe'] as const)
    for (const activeLow of [false, true]) {
      const restLevel = levelOf(wiring === 'fail-safe', { activeLow });
      const what = `${driver}, ${wiring}, active ${activeLow ? 'low' : 'high'}`;
      const check = (promise: string, body: (use: Use) => Promise<void>) =>
        test(`${what}: ${promise}`, async (t) => {
          const bench = makeBench(t);
          if (bench === null) return;
          t.teardown(() => bench.remove());
          const open = () => openLock({ ...bench.lock, line: { ...bench.line, activeLow }, wiring });
          await body({ t, bench, open, rest: restLevel, released: restLevel === 0 ? 1 : 0 });
        });
      promises(check);
      if (!keepsOthersOut) overdriven(check);
    }
}

interface Use {
  readonly t: ExecutionContext;
  readonly bench: LockBench;
  /** Take the line as a new process would. */
  readonly open: () => ReturnType<typeof openLock>;
  readonly rest: Level;
  readonly released: Level;
}

type Check = (promise: string, body: (use: Use) => Promise<void>) => void;

function promises(check: Check): void {
  check('opens at rest a line that was left released', async ({ t, bench, open, rest, released }) => {
    bench.pull(released);
    const lock = await open();
    t.is(bench.seen(), rest);
    t.is(lock.read(), 'secured');
    lock.close();
  });

  check('drives the line and reads it back', async ({ t, bench, open, rest, released }) => {
    const lock = await open();
    lock.release();
    t.is(bench.seen(), released);
    t.is(lock.read(), 'released');
    lock.secure();
    t.is(bench.seen(), rest);
    t.is(lock.read(), 'secured');
    lock.close();
  });

  check('is at rest after close, and close may be called twice', async ({ t, bench, open, rest }) => {
    // The resistor of the wiring: what decides where the kernel makes an input of a line that nobody holds.
    bench.pull(rest);
    const lock = await open();
    lock.release();
    lock.close();
    t.is(bench.seen(), rest);
    t.is(lock.read(), 'secured');
    t.notThrows(() => lock.close());
  });

  check('limen-rest brings to rest what was left released, and the lock can be opened again', async (use) => {
    const { t, bench, open, rest, released } = use;
    const lock = await open();
    lock.close();
    bench.pull(released);
    t.is(bench.seen(), released);
    execFileSync('sh', [join(packageRoot(), 'systemd/limen-rest'), bench.lock.restFile], { stdio: 'pipe' });
    t.is(bench.seen(), rest);
    const next = await open();
    t.is(bench.seen(), rest);
    next.release();
    t.is(bench.seen(), released);
    next.close();
  });
}

function overdriven(check: Check): void {
  check('reads the line, not its own memory', async ({ t, bench, open, released }) => {
    const lock = await open();
    bench.drive!(released);
    t.is(lock.read(), 'released');
    lock.close();
  });
}
