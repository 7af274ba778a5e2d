import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { examineLock } from '../../src/doctor/examine-lock.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { LockClient } from '../../src/door/lock-client.ts';
import { reachLockService } from '../../src/door/lock-service.ts';
import { lockServiceBench } from '../door/support/lock-service.ts';

const group = 4711;

/** A machine whose daemon is, or is not, in the group of the lock's socket. */
function makeBench(t: ExecutionContext, members = 'limen') {
  const bench = lockServiceBench(t);
  const accounts = { passwd: join(bench.folder, 'passwd'), group: join(bench.folder, 'group') };
  writeFileSync(accounts.passwd, 'root:x:0:0::/root:/bin/sh\nlimen:x:997:997::/var/lib/limen:/usr/sbin/nologin\n');
  writeFileSync(accounts.group, `root:x:0:\nlimen:x:997:\nlimen-lock:x:${group}:${members}\n`);
  const look = (service = bench.service) => examineLock({ lockProcess: 'service' }, service, accounts);
  return { ...bench, look };
}

const bad = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');

test('a lock process of limen itself: said, and nothing else is looked at', async (t) => {
  const { service } = makeBench(t);
  const findings = await examineLock({ lockProcess: 'own' }, service);
  t.is(findings.length, 1);
  t.like(findings[0], { level: 'ok', says: 'limen runs the lock process itself (door.lockProcess: own)' });
});

test('a service that is not there: how it is started', async (t) => {
  const [finding, ...more] = await makeBench(t).look();
  t.deepEqual(more, []);
  t.like(finding, { level: 'fail', code: 'door.lock-service-missing' });
  t.regex(finding?.mend ?? '', /systemctl enable --now limen-lock/);
});

test('a service that answers, at rest before and after; and one that serves a daemon', async (t) => {
  const { start, look, service, level } = makeBench(t);
  await start();
  const alone = await look();
  t.deepEqual(bad(alone), []);
  t.true(alone.some(({ says }) => says.startsWith('the lock service answers: simulated ')));
  t.is(level(), '0');

  const client = await LockClient.open(await reachLockService(service), {
    ...{ answerMs: 60_000, onSecured: () => {}, onEnd: () => {} },
  });
  await client.request({ lease: 60_000 });
  const busy = await look();
  t.deepEqual(bad(busy), []);
  t.true(busy.some(({ says }) => says === 'the lock service runs, and serves a daemon'));
  t.is(level(), '1', 'looking at it has closed no door');
  await client.stop();
});

test('a service on other settings: restart it', async (t) => {
  const { start, look, service } = makeBench(t);
  await start();
  const [finding] = bad(await look({ ...service, terms: { ...service.terms, longestPulseMs: 1000 } }));
  t.like(finding, { level: 'fail', code: 'door.lock-settings-differ' });
  t.regex(finding?.says ?? '', /longestPulseMs is 120000, not 1000/);
});

test('a socket that anybody may use', async (t) => {
  const { start, look, socketPath } = makeBench(t);
  await start();
  chmodSync(socketPath, 0o666);
  const [finding] = bad(await look());
  t.like(finding, { level: 'fail', mend: `Run: chmod 660 ${socketPath}` });
});

test('a daemon that is no member of the group: how it becomes one', async (t) => {
  if (process.getuid?.() !== 0) {
    t.log('skipped: only root can give a socket to another group');
    return t.pass();
  }
  const { start, look, socketPath } = makeBench(t, 'somebody');
  await start();
  chownSync(socketPath, 0, group);
  const [finding] = bad(await look());
  t.like(finding, { level: 'fail', mend: 'Run: usermod -aG limen-lock limen; then restart limen.' });

  const member = makeBench(t, 'somebody,limen');
  await member.start();
  chownSync(member.socketPath, 0, group);
  t.deepEqual(bad(await member.look()), []);
});
