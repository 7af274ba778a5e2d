import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { until } from '../../support/wait.ts';
import { eventually, exposureOf, isActive, run, serveLimen, show, wiring } from '../support/limen.ts';
import { levelOf, pull } from '../support/machine.ts';

test('limen.service says READY, the relay at rest', (t) => {
  const tookMs = serveLimen();
  if (tookMs !== null) t.log(`from start to READY: ${Math.round(tookMs)} ms`);
  t.true(isActive('limen.service'));
  t.is(show('limen.service', 'User'), 'limen');
  t.regex(show('limen.service', 'StatusText'), /front-door: 2 people/);
  t.is(levelOf(wiring.relay), 0);
});

test('its sandbox is on: only its own folders, its cameras and its GPIO chips', (t) => {
  serveLimen();
  const can = JSON.parse(readFileSync('/run/limen/probe.json', 'utf8'));
  t.deepEqual(can.writable, ['/var/lib/limen/x', '/run/limen/x', '/tmp/x']);
  t.deepEqual(can.openable, ['/dev/video0', '/dev/gpiochip0', '/dev/null']);
  t.is(can.user, Number(run('id', '-u', 'limen')));
  const exposure = exposureOf('limen.service');
  t.true(exposure <= 3, `exposure ${exposure}`);
  t.log(`systemd-analyze security: ${exposure}`);
});

test('a daemon that hangs in the middle of a pulse: rest, then the watchdog kills it and it is started again', async (t) => {
  serveLimen();
  const pid = show('limen.service', 'MainPID');
  pull(wiring.rex, 'down');
  await until(() => levelOf(wiring.relay) === 1);
  process.kill(Number(pid), 'SIGSTOP');
  const stoppedMs = performance.now();
  pull(wiring.rex, 'up');
  await until(() => levelOf(wiring.relay) === 0);
  t.log(`at rest after ${Math.round(performance.now() - stoppedMs)} ms`);
  await eventually(() => show('limen.service', 'NRestarts') !== '0' && isActive('limen.service'));
  t.log(`killed, and READY again, after ${Math.round((performance.now() - stoppedMs) / 1000)} s`);
  t.not(show('limen.service', 'MainPID'), pid);
  t.regex(run('journalctl', '-b', '-u', 'limen.service', '--no-pager'), /Watchdog timeout/);
  t.is(levelOf(wiring.relay), 0);
});

test('nothing was ended for a system call that its unit forbids', (t) => {
  const said = run('journalctl', '-b', '--no-pager');
  t.notRegex(said, /SIGSYS|status=31\/SYS|type=1326/);
  t.is(spawnSync('sh', ['-c', 'dmesg | grep -q "type=1326"']).status, 1);
});
