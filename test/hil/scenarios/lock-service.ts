import { spawnSync } from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/wait.ts';
import {
  closeDoor,
  eventually,
  exposureOf,
  isActive,
  JournalSince,
  run,
  serveLimen,
  show,
  wiring,
} from '../support/limen.ts';
import { levelOf, pull } from '../support/machine.ts';

/** The lock process as a unit of its own: `door.lockProcess: service`, another user, one socket. */

const unit = 'limen-lock.service';

/** A terminal whose lock is a service, the door at rest. */
function serve(t: ExecutionContext): JournalSince {
  serveLimen({ door: { lockProcess: 'service' } });
  t.teardown(closeDoor);
  return new JournalSince();
}

/** The button inside is pressed until the relay moves. */
async function open(): Promise<void> {
  pull(wiring.rex, 'down');
  await until(() => levelOf(wiring.relay) === 1);
  pull(wiring.rex, 'up');
}

async function atRestAgain(t: ExecutionContext, sinceMs: number): Promise<void> {
  await until(() => levelOf(wiring.relay) === 0);
  t.log(`at rest after ${Math.round(performance.now() - sinceMs)} ms`);
}

/** Who opens the door finds it locked behind them. */
async function passThrough(journal: JournalSince): Promise<void> {
  pull(wiring.contact, 'up');
  await until(() => levelOf(wiring.relay) === 0);
  closeDoor();
  await eventually(() => journal.of('door.closed').length > 0);
}

/** The daemon has found a lock process again and opens the door through it. */
async function recovered(t: ExecutionContext, journal: JournalSince): Promise<void> {
  await eventually(() => journal.of('door.recovered').length > 0);
  t.is(levelOf(wiring.relay), 0);
  await open();
  await passThrough(journal);
}

test('limen-lock.service says READY, little exposed, and the daemon opens the door through it', async (t) => {
  const journal = serve(t);
  t.true(isActive(unit));
  t.is(show(unit, 'User'), 'limen-lock');
  const exposure = exposureOf(unit);
  t.true(exposure <= 2.5, `exposure ${exposure}`);
  t.log(`systemd-analyze security: ${exposure}`);
  t.is(levelOf(wiring.relay), 0);
  await open();
  await passThrough(journal);
});

test('nobody but the daemon may speak with it', (t) => {
  serve(t);
  const speak = `require('node:net').connect('/run/limen-lock/lock.sock')
    .on('error', ({ code }) => { console.log(code); process.exit(); })
    .on('connect', () => { console.log('connected'); process.exit(); })`;
  const stranger = ['--reuid=nobody', '--regid=nogroup', '--clear-groups', process.execPath, '-e', speak];
  t.is(spawnSync('setpriv', stranger, { encoding: 'utf8' }).stdout.trim(), 'EACCES');
});

test('it is killed in the middle of a pulse: the relay goes to rest, and the daemon finds the next one', async (t) => {
  const journal = serve(t);
  await open();
  const killedMs = performance.now();
  process.kill(Number(show(unit, 'MainPID')), 'SIGKILL');
  await atRestAgain(t, killedMs);
  await recovered(t, journal);
});

test('it hangs in the middle of a pulse: the watchdog kills it, and the relay goes to rest', async (t) => {
  const journal = serve(t);
  await open();
  const pid = show(unit, 'MainPID');
  const stoppedMs = performance.now();
  process.kill(Number(pid), 'SIGSTOP');
  await atRestAgain(t, stoppedMs);
  await eventually(() => isActive(unit) && show(unit, 'MainPID') !== pid);
  t.regex(run('journalctl', '-b', '-u', unit, '--no-pager'), /Watchdog timeout/);
  await recovered(t, journal);
});

test('it is stopped in the middle of a pulse: the relay is at rest when the unit is', async (t) => {
  const journal = serve(t);
  await open();
  run('systemctl', 'stop', unit);
  t.is(levelOf(wiring.relay), 0);
  run('systemctl', 'start', unit);
  await recovered(t, journal);
});
