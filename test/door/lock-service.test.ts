import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Occurrence } from '../../src/domain/event.ts';
import { openDoor } from '../../src/door/door-controller.ts';
import { LockClient } from '../../src/door/lock-client.ts';
import { reachLockService } from '../../src/door/lock-service.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { until } from '../support/wait.ts';
import { doorIn, isAlive } from './support/bench.ts';
import { lockProcessFile, lockServiceBench } from './support/lock-service.ts';

test('the socket is for the group, everything else for the user; the rest file is beside it', async (t) => {
  const { start, socketPath, folder } = lockServiceBench(t);
  await start();
  t.is(statSync(socketPath).mode & 0o777, 0o660);
  t.is(statSync(join(folder, 'lock.rest')).mode & 0o777, 0o600);
});

test('a door on the service: killed mid-pulse it is a fault, and the door works again when the service is back', async (t) => {
  const { start, kill, service, folder, level } = lockServiceBench(t);
  await start();
  const reported: Occurrence[] = [];
  const kinds = () => reported.map(({ kind }) => kind);
  const reach = () => reachLockService(service);
  const door = await openDoor({ ...doorIn(folder), reach, report: (occurrence) => reported.push(occurrence) });
  t.teardown(() => door.close());
  await door.unlock({ cause: 'test', personId: null });
  t.is(level(), '1');
  await kill();
  // As ExecStopPost= does.
  execFileSync('sh', [join(packageRoot(), 'systemd/limen-rest'), join(folder, 'lock.rest')], { stdio: 'pipe' });
  t.is(level(), '0');
  await until(() => kinds().includes('door.fault'));
  await t.throwsAsync(door.unlock({ cause: 'test', personId: null }), { code: 'door.lock-process-failed' });
  t.is(door.state, 'fault');

  await start();
  await until(() => kinds().includes('door.recovered'));
  t.is(level(), '0');
  await door.unlock({ cause: 'test', personId: null });
  t.is(level(), '1');
  t.is(kinds().filter((kind) => kind === 'door.recovered').length, 1);
  const faults = reported.filter(({ kind }) => kind === 'door.fault').map(({ body }) => body);
  t.like(faults[0], { code: 'door.lock-process-failed' });
  // Gone, and then not there yet; but not once per attempt.
  t.true(faults.length <= 2, JSON.stringify(faults));
});

test('the daemon is killed mid-pulse: the line goes to rest, the service lives and serves the next one', async (t) => {
  const { start, service, socketPath, level } = lockServiceBench(t);
  const lock = await start();
  const script = `const s = require('net').connect(process.argv[1]);
    s.write('{"id":1,"lease":60000}\\n'); s.on('data', (d) => process.stdout.write(d));`;
  const daemon = spawn(process.execPath, ['-e', script, socketPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  daemon.stdout.resume();
  await until(() => level() === '1');
  daemon.kill('SIGKILL');
  await until(() => level() === '0');
  t.true(isAlive(lock.pid!));
  const next = await LockClient.open(await reachLockService(service), silent);
  await next.request({ lease: 60_000 });
  t.is(level(), '1');
  await next.stop();
});

const silent = { answerMs: 60_000, onSecured: () => {}, onEnd: () => {} };

test('a second daemon is told that the lock is taken', async (t) => {
  const { start, service, level } = lockServiceBench(t);
  await start();
  const first = await LockClient.open(await reachLockService(service), silent);
  await first.request({ lease: 60_000 });
  await t.throwsAsync(LockClient.open(await reachLockService(service), silent), { code: 'door.lock-taken' });
  t.is(level(), '1');
  await first.stop();
});

test('SIGTERM mid-pulse, as systemd stops it: rest, then the end', async (t) => {
  const { start, service, level } = lockServiceBench(t);
  const lock = await start();
  const client = await LockClient.open(await reachLockService(service), silent);
  await client.request({ lease: 60_000 });
  lock.kill('SIGTERM');
  const [code] = await once(lock, 'exit');
  t.is(code, 0);
  t.is(level(), '0');
});

test('not there, or no longer listening: one sentence, and how to start it', async (t) => {
  const { start, kill, service, folder } = lockServiceBench(t);
  const missing = { code: 'door.lock-service-missing', message: /nothing is there/ };
  const error = await t.throwsAsync(reachLockService(service), missing);
  t.regex((error as { hint?: string }).hint ?? '', /systemctl enable --now limen-lock/);
  await start();
  await kill();
  await t.throwsAsync(reachLockService(service), { code: 'door.lock-service-missing', message: /nobody listens/ });
  const reach = () => reachLockService(service);
  await t.throwsAsync(openDoor({ ...doorIn(folder), reach }), { code: 'door.lock-service-missing' });
});

/** Connect as another user; the system's answer. */
function connectAs(socketPath: string, who: { uid: number; gid: number }): string {
  const script = `require('net').connect(process.argv[1]).on('connect', function () { console.log('connected'); this.destroy(); })
    .on('error', (error) => console.log(error.code));`;
  return spawnSync(process.execPath, ['-e', script, socketPath], { ...who, cwd: '/', encoding: 'utf8' }).stdout.trim();
}

test('the socket keeps other users out, and lets the group in', async (t) => {
  if (process.getuid?.() !== 0) {
    t.log('skipped: only root can be somebody else');
    return t.pass();
  }
  const { start, folder, socketPath } = lockServiceBench(t);
  await start();
  // Only the socket's own permissions are in the way.
  chmodSync(folder, 0o755);
  const nobody = 65_534;
  t.is(connectAs(socketPath, { uid: nobody, gid: nobody }), 'EACCES');
  t.is(connectAs(socketPath, { uid: nobody, gid: statSync(socketPath).gid }), 'connected');
});

test('a socket that is not for this user: the group that is missing is named', async (t) => {
  if (process.getuid?.() !== 0) {
    t.log('skipped: only root can be somebody else');
    return t.pass();
  }
  const { folder, service } = lockServiceBench(t);
  mkdirSync(join(folder, 'closed'), { mode: 0o700 });
  chmodSync(folder, 0o755);
  const module = join(packageRoot(), 'dist/src/door/lock-service.js');
  const options = JSON.stringify({ ...service, socketPath: join(folder, 'closed/lock.sock') });
  const script = `import(process.argv[1]).then(({ reachLockService }) => reachLockService(JSON.parse(process.argv[2])))
    .catch(({ code, hint }) => console.log(code, hint));`;
  const { stdout } = spawnSync(process.execPath, ['-e', script, module, options], {
    ...{ uid: 65_534, gid: 65_534, cwd: '/', encoding: 'utf8' },
  });
  t.regex(stdout, /^door\.denied .*usermod -aG limen-lock limen/);
});

const badSettings: Record<string, string | null> = {
  'that are not there': null,
  'that are no JSON': '{"socketPath":',
  'that are no object': '[]',
  'without a lock': '{"socketPath":"/s","restFile":"/r","runsAs":"service","longestPulseMs":1,"longestHoldMs":0}',
};
for (const [what, text] of Object.entries(badSettings)) {
  test(`settings ${what}: one sentence, its mend, and 78`, (t) => {
    const { settingsFile } = lockServiceBench(t);
    if (text !== null) writeFileSync(settingsFile, text);
    refusesToStart(t, settingsFile);
  });
}

test('settings with a part that is missing, wrong or new: each is refused', async (t) => {
  const { start, kill, settingsFile } = lockServiceBench(t);
  await start();
  await kill();
  const good = JSON.parse(readFileSync(settingsFile, 'utf8'));
  const changes: Record<string, unknown>[] = [
    { longestPulseMs: 0 },
    { longestPulseMs: '10000' },
    { silenceMs: undefined },
    { lock: { ...good.lock, wiring: 'open' } },
    { lock: { ...good.lock, line: { ...good.lock.line, activeLow: 1 } } },
    { runsAs: 'root' },
    { keepOpen: true },
  ];
  for (const change of changes) {
    writeFileSync(settingsFile, JSON.stringify({ ...good, ...change }));
    refusesToStart(t, settingsFile);
  }
});

function refusesToStart(t: ExecutionContext, settingsFile: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [lockProcessFile, settingsFile], { encoding: 'utf8' });
  t.is(status, 78, stderr);
  t.is(stdout, '');
  const [sentence = '', mend = '', ...more] = stderr.split('\n');
  t.regex(sentence, /^limen-lock: .*\. \[door\.lock-settings-invalid\]$/);
  t.regex(mend, /^mend: {2}"limen lock settings /);
  t.deepEqual(more, ['']);
}

test('a line that cannot be had: the sentence of its driver, and 69: it may come true later', async (t) => {
  const { settingsFile, start, kill } = lockServiceBench(t);
  await start();
  await kill();
  const good = JSON.parse(readFileSync(settingsFile, 'utf8'));
  const files = { 'simulated-0': '/dev/null/place' };
  writeFileSync(
    settingsFile,
    JSON.stringify({ ...good, lock: { ...good.lock, driverOptions: { folder: '/dev/null', files } } }),
  );
  const { status, stderr } = spawnSync(process.execPath, [lockProcessFile, settingsFile], { encoding: 'utf8' });
  t.is(status, 69, stderr);
  t.regex(stderr, /^limen-lock: .*\/dev\/null\/place.*\[door\.\S+\]\n/);
});

test('systemd hears READY when the line is at rest, and then that the line can be read', async (t) => {
  const { start, folder, level, socketPath } = lockServiceBench(t);
  const heard = join(folder, 'heard');
  writeFileSync(heard, '');
  // What it says, and whether the line was at rest by then.
  writeFileSync(
    join(folder, 'systemd-notify'),
    `#!/bin/sh\necho "$@ level=$(cat ${join(folder, 'level')})" >>${heard}\n`,
  );
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  await start({ PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '200000' });
  await until(() => /^WATCHDOG=1 level=0$/m.test(readFileSync(heard, 'utf8')));
  t.regex(readFileSync(heard, 'utf8'), /^READY=1 STATUS=simulated .*: at rest level=0\n/);
  // The watchdog looks at the line as a daemon would, and there is none.
  writeFileSync(join(folder, 'level'), '1');
  await until(() => level() === '0');
  const peer = connect(socketPath);
  await once(peer, 'data');
  peer.destroy();
});
