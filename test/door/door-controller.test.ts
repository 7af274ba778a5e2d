import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { doorFolder } from '../../src/door/lock-spawn.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { until } from '../support/wait.ts';
import { isAlive, lockProcessesOf, makeBench, makeDoor, simulatedLock } from './support/bench.ts';

const brokenLock = (driverOptions: object) => ({
  ...simulatedLock('unused'),
  driver: siblingModule(import.meta.url, './support/broken-gpio').href,
  driverOptions,
});
const someone = { cause: 'verdict', personId: 'p01' };

test.serial('locked at start, whatever level the line was left at, and in a folder nobody else reads', async (t) => {
  const { door, level, folder, reported } = await makeDoor(t);
  t.is(level(), '0');
  t.is(door.state, 'locked');
  t.is(statSync(join(folder, 'door')).mode & 0o777, 0o700);
  t.is(statSync(join(folder, 'door/lock.sock')).mode & 0o077, 0);
  t.deepEqual(reported, []);
});

test.serial('a pulse: released, reported as read back, then at rest by itself', async (t) => {
  const { door, level, reported } = await makeDoor(t, { settings: { pulseMs: 300 } });
  await door.unlock(someone);
  t.deepEqual(reported, [
    { kind: 'door.requested', body: someone },
    { kind: 'door.unlocked', body: { ...someone, pulseMs: 300 } },
  ]);
  await until(() => door.state === 'locked');
  t.is(level(), '0');
  const locked = reported[2];
  if (locked?.kind !== 'door.locked') return t.fail('door.locked was not reported');
  t.is(locked.body.cause, 'lease-ended');
  t.true(locked.body.openMs >= 299);
  t.is(reported.length, 3);
});

test.serial('released means that the line is released when unlock resolves', async (t) => {
  const { door, level } = await makeDoor(t);
  await door.unlock(someone);
  t.is(level(), '1');
  t.is(door.state, 'unlocked');
});

test.serial('a second unlock extends the opening: one lock event, and the later one has its whole pulse', async (t) => {
  const { door, reported } = await makeDoor(t, { settings: { pulseMs: 400, longestPulseMs: 400 } });
  await door.unlock(someone);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await door.unlock({ cause: 'verdict', personId: 'p02' });
  await until(() => door.state === 'locked');
  const openMs = reported.flatMap((event) => (event.kind === 'door.locked' ? [event.body.openMs] : []));
  t.is(openMs.length, 1);
  t.true(openMs[0]! >= 599, `open for ${openMs[0]} ms`);
  const second = reported.filter(({ kind }) => kind === 'door.unlocked')[1];
  t.true(second?.kind === 'door.unlocked' && second.body.pulseMs <= 400);
});

test.serial('a pulse longer than the longest is cut, and says so', async (t) => {
  const { door, reported } = await makeDoor(t, { settings: { pulseMs: 60_000, longestPulseMs: 200 } });
  await door.unlock(someone);
  const unlocked = reported[1];
  t.true(unlocked?.kind === 'door.unlocked' && unlocked.body.pulseMs <= 200);
  await until(() => door.state === 'locked');
});

test.serial('lock ends a pulse with its cause', async (t) => {
  const { door, level, reported } = await makeDoor(t);
  await door.unlock(someone);
  await door.lock('command');
  t.is(level(), '0');
  t.is(door.state, 'locked');
  const locked = reported[2];
  t.true(locked?.kind === 'door.locked' && locked.body.cause === 'command');
});

test.serial('close mid-pulse locks, reports, and leaves no process behind', async (t) => {
  const { door, level, kinds } = await makeDoor(t);
  await door.unlock(someone);
  const [pid] = lockProcessesOf();
  await door.close();
  t.is(level(), '0');
  t.deepEqual(kinds(), ['door.requested', 'door.unlocked', 'door.locked']);
  t.false(isAlive(pid!));
  const error = await t.throwsAsync(door.unlock(someone), { instanceOf: LimenError });
  t.is(error.code, 'door.lock-process-failed');
});

test.serial('a lock that cannot be opened stops the start, with the driver’s own sentence and mend', async (t) => {
  const error = await t.throwsAsync(makeDoor(t, { lock: brokenLock({ fails: 'open', levelFile: '/dev/null' }) }), {
    instanceOf: LimenError,
  });
  t.is(error.code, 'door.line-busy');
  t.is(error.hint, 'Stop that program.');
  t.deepEqual(lockProcessesOf(), []);
});

for (const fails of ['release', 'read-back'] as const) {
  test.serial(`a line that fails on ${fails} rejects, and ends at rest`, async (t) => {
    const bench = await makeDoor(t);
    await bench.door.close();
    const lock = brokenLock({ fails, levelFile: bench.levelFile });
    const { door: faulty, kinds } = await makeDoor(t, { lock }, bench);
    const error = await t.throwsAsync(faulty.unlock(someone), { instanceOf: LimenError });
    t.is(error.code, 'door.fault');
    t.deepEqual(kinds(), ['door.requested'], 'what is thrown is the caller’s to report');
    t.is(bench.level(), '0');
    t.is(faulty.state, 'locked');
  });
}

test.serial('a bug that kills the lock process mid-pulse ends at rest', async (t) => {
  const bench = await makeDoor(t);
  await bench.door.close();
  const lock = brokenLock({ fails: 'crash-on-release', levelFile: bench.levelFile });
  const { door: faulty, kinds, reported } = await makeDoor(t, { lock }, bench);
  await faulty.unlock(someone);
  await until(() => kinds().includes('door.locked'));
  t.is(bench.level(), '0');
  const fault = reported.find(({ kind }) => kind === 'door.fault');
  t.regex(JSON.stringify(fault), /a bug in the lock process/);
});

test.serial('an opening that cannot be recorded is ended', async (t) => {
  const { door, level } = await makeDoor(t, {
    report: ({ kind }) => {
      if (kind === 'door.unlocked') throw new LimenError('disk.full', 'The disk is full.');
    },
  });
  await t.throwsAsync(door.unlock(someone), { instanceOf: LimenError, message: 'The disk is full.' });
  await until(() => level() === '0');
  await until(() => door.state === 'locked');
  t.pass();
});

test.serial(
  'a lock process killed mid-pulse is a fault; the next one drives rest first and the door works again',
  async (t) => {
    const { door, level, reported, kinds } = await makeDoor(t);
    await door.unlock(someone);
    process.kill(lockProcessesOf()[0]!, 'SIGKILL');
    await until(() => door.state === 'fault');
    t.is(level(), '1', 'the line stays driven after its process dies, as on a Pi');
    const error = await t.throwsAsync(door.unlock(someone), { instanceOf: LimenError });
    t.is(error.code, 'door.lock-process-failed');
    await until(() => door.state === 'locked');
    t.is(level(), '0');
    t.deepEqual(kinds(), ['door.requested', 'door.unlocked', 'door.fault', 'door.recovered', 'door.locked']);
    t.like(reported.at(-1), { kind: 'door.locked', body: { cause: 'lock-process-restarted' } });
    await door.unlock(someone);
    t.is(level(), '1');
  },
);

test.serial('a lock process that hangs mid-pulse is killed and replaced', async (t) => {
  const { door, level, kinds } = await makeDoor(t, { beatMs: 50, answerMs: 1000 });
  await door.unlock(someone);
  process.kill(lockProcessesOf()[0]!, 'SIGSTOP');
  await until(() => kinds().includes('door.locked'));
  t.is(level(), '0');
});

test.serial('a lock that cannot be opened again stays a fault, reported once, until it can', async (t) => {
  const { door, level, kinds, levelFile } = await makeDoor(t);
  const [pid] = lockProcessesOf();
  // A folder where the file was: the driver cannot open it.
  const { rmSync, mkdirSync, rmdirSync } = await import('node:fs');
  rmSync(levelFile);
  mkdirSync(levelFile);
  process.kill(pid!, 'SIGKILL');
  await until(() => kinds().filter((kind) => kind === 'door.fault').length === 2);
  t.is(door.state, 'fault');
  rmdirSync(levelFile);
  writeFileSync(levelFile, '1');
  await until(() => door.state === 'locked');
  t.is(level(), '0');
  t.deepEqual(kinds(), ['door.fault', 'door.fault', 'door.recovered']);
});

test.serial('lockdown ends an opening, refuses the next, and outlives every restart of both processes', async (t) => {
  const bench = await makeDoor(t, { settings: { longestHoldMs: 200_000 } });
  const { door, level, kinds } = bench;
  await door.unlock(someone);
  await door.lockdown('command');
  t.is(level(), '0');
  await until(() => door.state === 'lockdown');
  await t.throwsAsync(door.unlock(someone), { code: 'door.lockdown' });
  await t.throwsAsync(door.hold('schedule'), { code: 'door.lockdown' });
  t.is(kinds().filter((kind) => kind === 'door.refused').length, 2);

  process.kill(lockProcessesOf()[0]!, 'SIGKILL');
  await until(() => kinds().includes('door.recovered'));
  t.is(door.state, 'lockdown');
  await door.close();

  const { door: next } = await makeDoor(t, {}, bench);
  t.is(next.state, 'lockdown');
  await t.throwsAsync(next.unlock(someone), { code: 'door.lockdown' });
  next.feel('rex', true, performance.now());
  await until(() => level() === '1');
  await next.lift('command');
  await next.unlock(someone);
  t.false(next.status.lockdown);
});

test.serial('a damaged lockdown file is lockdown, and a fault that is told', async (t) => {
  const bench = makeBench(t);
  writeFileSync(join(bench.folder, 'lockdown.json'), 'torn');
  const { door, reported } = await makeDoor(t, {}, bench);
  t.is(door.state, 'lockdown');
  t.is(reported[0]?.kind, 'door.fault');
});

test.serial('what is refused does not end what was granted before', async (t) => {
  const { door, level } = await makeDoor(t);
  await door.unlock(someone);
  await t.throwsAsync(door.hold('schedule'), { code: 'door.hold-refused' });
  await door.unlock(someone);
  t.is(level(), '1');
});

test.serial('free access lasts until its end, and the lock process ends it when nobody else does', async (t) => {
  const { door, level, kinds } = await makeDoor(t, {
    settings: { pulseMs: 100, longestPulseMs: 200, longestHoldMs: 1000 },
  });
  await door.hold('schedule');
  t.true(door.status.holding);
  await door.endHold('schedule');
  t.is(level(), '0');
  await door.hold('schedule');
  await until(() => level() === '0');
  await until(() => kinds().filter((kind) => kind === 'door.hold-ended').length === 2);
  t.false(door.status.holding);
});

test.serial('a fire opens, in lockdown and though nothing can be written down, for as long as it lasts', async (t) => {
  const { door, level } = await makeDoor(t, {
    settings: { pulseMs: 100, longestPulseMs: 300 },
    report: () => {
      throw new LimenError('disk.full', 'The disk is full.');
    },
  });
  await door.lockdown('command');
  door.feel('fire', true, performance.now());
  await until(() => level() === '1');
  await t.throwsAsync(door.unlock(someone), { code: 'door.lockdown' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  t.is(level(), '1', 'renewed: the longest pulse is over three times');
  t.is(door.status.cause, 'fire');
  door.feel('fire', false, performance.now());
  await until(() => level() === '0');
});

test.serial(
  'in a fire nothing brings the line to rest: no command, no end of free access, no withdrawal',
  async (t) => {
    const { door, level, kinds } = await makeDoor(t, { settings: { longestHoldMs: 200_000 } });
    door.feel('fire', true, performance.now());
    await until(() => level() === '1');
    await door.hold('schedule');
    await t.throwsAsync(door.lock('command'), { code: 'door.fire' }, 'whoever ordered it hears that it stays open');
    t.is(level(), '1');
    for (const act of ['withdraw', 'endHold', 'lockdown'] as const) {
      await door[act]('command');
      t.is(level(), '1', act);
    }
    await t.throwsAsync(door.unlock(someone), { code: 'door.lockdown' });
    t.is(level(), '1');
    t.false(kinds().includes('door.locked'));
    t.like(door.status, { state: 'unlocked', lockdown: true });
  },
);

test.serial('what was granted is withdrawn, but neither free access nor somebody’s way out', async (t) => {
  const { door, level, reported } = await makeDoor(t, { settings: { longestHoldMs: 200_000 } });
  await door.withdraw('interlock');
  await door.unlock(someone);
  await door.withdraw('interlock');
  t.is(level(), '0');
  await until(() => door.state === 'locked');
  t.like(reported.at(-1), { kind: 'door.locked', body: { cause: 'interlock' } });
  await door.unlock(someone);
  door.feel('rex', true, performance.now());
  await until(
    () => door.status.cause === 'rex' || reported.filter(({ kind }) => kind === 'door.unlocked').length === 3,
  );
  await door.withdraw('interlock');
  t.is(level(), '1');
  await door.lock('command');
  await door.hold('schedule');
  await door.withdraw('interlock');
  t.is(level(), '1');
});

test('the door’s folder is systemd’s runtime folder, or beside the data', (t) => {
  t.is(doorFolder('/data', { RUNTIME_DIRECTORY: '/run/limen:/run/other' }), '/run/limen');
  t.is(doorFolder('/data', {}), '/data/door');
});
