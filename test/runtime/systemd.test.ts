import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { notifySystemd, watchdogIntervalMs } from '../../src/runtime/systemd.ts';
import { needs } from '../support/require.ts';
import { until } from '../support/wait.ts';

/** systemd's side: an AF_UNIX datagram socket, which Node cannot open. Closing a barrier's descriptor tells systemd-notify that it was heard. */
const receiver = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    data, fds, _, _ = socket.recv_fds(s, 4096, 8)
    for fd in fds: os.close(fd)
    for line in data.decode().splitlines():
        if not line.startswith("BARRIER"): print(line, flush=True)
`;

async function startReceiver(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-notify-'));
  const socketPath = join(folder, 'notify');
  const child = spawn('python3', ['-c', receiver, socketPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(async () => {
    await end(child);
    rmSync(folder, { recursive: true });
  });
  const heard: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => heard.push(line));
  await until(() => heard[0] === 'bound');
  heard.length = 0;
  return { heard, environment: { PATH: process.env.PATH, NOTIFY_SOCKET: socketPath } };
}

async function end(child: ChildProcess) {
  child.kill();
  await once(child, 'exit');
}

test('READY, STATUS and STOPPING reach systemd', async (t) => {
  if (!needs(t, 'systemd') || !needs(t, 'python')) return;
  const { heard, environment } = await startReceiver(t);
  const service = notifySystemd({ environment, onError: (error) => t.fail(String(error)) });
  await service.ready('12 people');
  await service.status('door\nlocked');
  await service.stopping();
  await until(() => heard.includes('STOPPING=1'));
  t.deepEqual(heard, ['READY=1', 'STATUS=12 people', 'STATUS=door locked', 'STOPPING=1']);
});

test('the watchdog is fed while the service is healthy, and only then', async (t) => {
  if (!needs(t, 'systemd') || !needs(t, 'python')) return;
  const { heard, environment } = await startReceiver(t);
  let healthy = true;
  let asked = 0;
  const service = notifySystemd({
    environment: { ...environment, WATCHDOG_USEC: '100000', WATCHDOG_PID: String(process.pid) },
    healthy: () => {
      asked += 1;
      return healthy;
    },
  });
  t.is(asked, 0, 'nothing is fed before the service is ready');
  await service.ready();
  await until(() => heard.filter((line) => line === 'WATCHDOG=1').length >= 3);

  healthy = false;
  const askedBefore = asked;
  await until(() => asked > askedBefore + 2);
  const fed = heard.length;
  await until(() => asked > askedBefore + 6);
  // At most the ping that was on its way when the health changed.
  t.true(heard.length - fed <= 1);
  await service.stopping();
  const askedAtStop = asked;
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.is(asked, askedAtStop);
});

test('outside systemd nothing is spawned and nothing fails', async (t) => {
  const errors: unknown[] = [];
  const service = notifySystemd({ environment: { PATH: '/nonexistent' }, onError: (error) => errors.push(error) });
  await service.ready();
  await service.stopping();
  t.deepEqual(errors, []);
});

test('a systemd-notify that cannot run is told to the log, and stops nothing', async (t) => {
  const errors: unknown[] = [];
  const environment = { PATH: '/nonexistent', NOTIFY_SOCKET: '/nonexistent/notify' };
  await notifySystemd({ environment, onError: (error) => errors.push(error) }).ready();
  t.is(errors.length, 1);
});

/** A `systemd-notify` that writes down what it is told, and fails the first `failures` times. */
function fakeNotifier(t: ExecutionContext, failures: number) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-notify-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const tried = join(folder, 'tried');
  const script = `#!/bin/sh\necho "$*" >>${tried}\n[ "$(wc -l <${tried})" -gt ${failures} ]\n`;
  writeFileSync(join(folder, 'systemd-notify'), script, { mode: 0o755 });
  return {
    environment: { PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/nonexistent/notify' },
    tries: () => (existsSync(tried) ? readFileSync(tried, 'utf8').trim().split('\n') : []),
  };
}

test('READY is repeated, with the newest status, until systemd has heard it, and not after', async (t) => {
  const { environment, tries } = fakeNotifier(t, 3);
  let errors = 0;
  const service = notifySystemd({ environment, retryMs: 1, onError: () => errors++ });
  await service.ready('12 people');
  await until(() => tries().length === 4 && errors === 3);
  t.deepEqual(tries(), Array(4).fill('READY=1 STATUS=12 people'));
  await service.status('13 people');
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.deepEqual(tries().slice(4), ['STATUS=13 people']);
});

test('a service that stops is not announced any more', async (t) => {
  const { environment, tries } = fakeNotifier(t, Number.MAX_SAFE_INTEGER);
  const service = notifySystemd({ environment, retryMs: 1 });
  await service.ready();
  await until(() => tries().length > 2);
  await service.stopping();
  const tried = tries();
  t.true(tried.includes('STOPPING=1'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  // At most the one that was on its way.
  t.true(tries().length - tried.length <= 1);
});

test('the watchdog interval is half of what systemd allows, for this process only', (t) => {
  const NOTIFY_SOCKET = '/run/systemd/notify';
  t.is(watchdogIntervalMs({ NOTIFY_SOCKET, WATCHDOG_USEC: '30000000' }), 15_000);
  t.is(watchdogIntervalMs({ NOTIFY_SOCKET, WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }), null);
  t.is(watchdogIntervalMs({ NOTIFY_SOCKET }), null);
  t.is(watchdogIntervalMs({ WATCHDOG_USEC: '30000000' }), null);
});
