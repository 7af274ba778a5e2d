import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { until } from '../../support/wait.ts';
import { configure, installLimen, isActive, restartLimen, run, show, wiring } from '../support/limen.ts';
import { levelOf } from '../support/machine.ts';

test.before(() => {
  installLimen();
  configure();
  // What the unit may do, tried from within the unit: the probe is its child, before limen itself is.
  const probe = join(packageRoot(), 'dist/test/hil/children/probe-sandbox.js');
  mkdirSync('/etc/systemd/system/limen.service.d', { recursive: true });
  writeFileSync(
    '/etc/systemd/system/limen.service.d/hil.conf',
    `[Service]\nWatchdogSec=10\nExecStartPre=/usr/bin/node ${probe}\n`,
  );
  run('systemctl', 'daemon-reload');
});
test.after.always(() => run('systemctl', 'stop', 'limen.service'));

test('limen.service says READY, the relay at rest', (t) => {
  restartLimen();
  t.true(isActive('limen.service'));
  t.is(show('limen.service', 'User'), 'limen');
  t.regex(show('limen.service', 'StatusText'), /front-door: 2 people/);
  t.is(levelOf(wiring.relay), 0);
});

test('its sandbox is on: only its own folders, its cameras and its GPIO chips', (t) => {
  const can = JSON.parse(readFileSync('/run/limen/probe.json', 'utf8'));
  t.deepEqual(can.writable, ['/var/lib/limen/x', '/run/limen/x', '/tmp/x']);
  t.deepEqual(can.openable, ['/dev/video0', '/dev/gpiochip0', '/dev/null']);
  t.is(can.user, Number(run('id', '-u', 'limen')));
});

test('a daemon that hangs is killed by the watchdog and started again', async (t) => {
  const pid = show('limen.service', 'MainPID');
  process.kill(Number(pid), 'SIGSTOP');
  const stoppedMs = performance.now();
  await until(() => show('limen.service', 'NRestarts') === '1' && isActive('limen.service'));
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
