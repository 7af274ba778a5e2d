import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { openDoor } from '../../src/door/door-controller.ts';
import type { LockProcessSettings } from '../../src/door/lock-settings.ts';
import { packageRoot, siblingModule } from '../../src/runtime/package-root.ts';
import { until } from '../support/wait.ts';
import { doorIn, isAlive, lockProcessesOf, makeBench, simulatedLock } from './support/bench.ts';

const entry = fileURLToPath(siblingModule(import.meta.url, '../../src/door/lock-process'));
const daemon = fileURLToPath(siblingModule(import.meta.url, './support/daemon'));

/** A lock process with the test as its only peer. The leases are long: whatever ends one early is what is tested. */
async function startLock(t: ExecutionContext, changes: Partial<LockProcessSettings> = {}) {
  const bench = makeBench(t);
  writeFileSync(bench.levelFile, '1');
  const settings: LockProcessSettings = {
    socketPath: join(bench.folder, 's'),
    restFile: join(bench.folder, 'lock.rest'),
    lock: simulatedLock(bench.levelFile),
    longestPulseMs: 100_000,
    longestHoldMs: 0,
    silenceMs: 100_000,
    runsAs: 'child',
    ...changes,
  };
  const file = join(bench.folder, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  const child = spawn(process.execPath, [entry, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => end(child));
  await once(child.stdout, 'data');
  return { ...bench, child, socketPath: settings.socketPath, peer: await talk(t, settings.socketPath) };
}

async function talk(t: ExecutionContext, socketPath: string) {
  const socket = connect(socketPath);
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const hear = async (): Promise<ReturnType<typeof JSON.parse>> => {
    const message = JSON.parse((await lines.next()).value ?? 'null');
    // The greeting says whose door this is, and is nobody's answer.
    return message !== null && 'lock' in message ? hear() : message;
  };
  const ask = (request: object) => {
    socket.write(`${JSON.stringify(request)}\n`);
    return hear();
  };
  return { socket, ask, hear };
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('drives rest before it says that it listens', async (t) => {
  const { level } = await startLock(t);
  t.is(level(), '0');
});

test('an over-long lease is cut to the longest pulse, again and again', async (t) => {
  const { peer, level } = await startLock(t, { longestPulseMs: 500 });
  const first = await peer.ask({ id: 1, lease: 90_000 });
  t.is(first.state, 'released');
  t.true(first.leaseMs <= 500);
  const second = await peer.ask({ id: 2, lease: 90_000 });
  t.true(second.leaseMs <= 500);
  const secured = await peer.hear();
  t.is(secured.secured, 'lease-ended');
  t.true(secured.openMs >= 499);
  t.is(level(), '0');
});

test('a shorter lease does not shorten the one that runs', async (t) => {
  const { peer } = await startLock(t);
  await peer.ask({ id: 1, lease: 90_000 });
  const { leaseMs } = await peer.ask({ id: 2, lease: 10 });
  t.true(leaseMs > 10_000);
});

test('in lockdown the lock process itself refuses leases and holds, and lets out whoever must get out', async (t) => {
  const { peer, level } = await startLock(t, { longestHoldMs: 100_000 });
  await peer.ask({ id: 1, lease: 90_000 });
  peer.socket.write(`${JSON.stringify({ id: 2, lockdown: true })}\n`);
  t.like(await peer.hear(), { secured: 'lockdown' });
  t.like(await peer.hear(), { id: 2, state: 'secured' });
  for (const asked of [{ lease: 1000 }, { hold: 1000 }]) {
    const { failure } = await peer.ask({ id: 3, ...asked });
    t.is(failure.code, 'door.lockdown');
    t.is(level(), '0');
  }
  t.like(await peer.ask({ id: 4, lease: 90_000, egress: true }), { state: 'released' });
  t.is((await peer.ask({ id: 5, lease: 90_000 })).failure.code, 'door.lockdown');
  t.is(level(), '1', 'what is refused cuts nobody’s way out short');
  await peer.ask({ id: 6, lift: true });
  t.like(await peer.ask({ id: 7, lease: 1000 }), { state: 'released' });
});

test('silence ends a lease, a beat keeps it', async (t) => {
  const { peer, level } = await startLock(t, { silenceMs: 400 });
  await peer.ask({ id: 1, lease: 90_000 });
  t.like(await peer.ask({ id: 2, beat: true }), { id: 2, state: 'released' });
  t.like(await peer.hear(), { secured: 'silence' });
  t.is(level(), '0');
});

const endings: Record<string, (socket: Socket) => void> = {
  'a message that is not JSON': (socket) => socket.write('open sesame\n'),
  'a request with an unknown word': (socket) => socket.write('{"id":9,"lease":1000,"force":true}\n'),
  'a line without end': (socket) => socket.write('x'.repeat(10_000)),
  'a disconnect': (socket) => socket.end(),
};
for (const [what, happens] of Object.entries(endings)) {
  test(`${what} ends a lease at once`, async (t) => {
    const { peer, level, child, socketPath } = await startLock(t);
    await peer.ask({ id: 1, lease: 90_000 });
    t.is(level(), '1');
    happens(peer.socket);
    await until(() => level() === '0');
    t.true(isAlive(child.pid!), 'the lock process lives on, for the next peer');
    const next = await talk(t, socketPath);
    t.like(await next.ask({ id: 1, beat: true }), { state: 'secured', leaseMs: 0 });
  });
}

test('a second peer is turned away and changes nothing', async (t) => {
  const { peer, level, socketPath } = await startLock(t);
  await peer.ask({ id: 1, lease: 90_000 });
  const second = await talk(t, socketPath);
  const turnedAway = new Promise((resolve) => second.socket.on('close', resolve));
  t.like(await second.hear(), { failure: { code: 'door.lock-taken' } });
  second.socket.write('{"id":1,"secure":"mine now"}\n');
  await turnedAway;
  t.is(level(), '1');
  t.like(await peer.ask({ id: 2, beat: true }), { state: 'released' });
});

test('a line that leaves rest by itself is driven back', async (t) => {
  const { peer, level, levelFile } = await startLock(t);
  writeFileSync(levelFile, '1');
  t.like(await peer.ask({ id: 1, beat: true }), { state: 'secured' });
  t.is(level(), '0');
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} mid-pulse: rest, then the end`, async (t) => {
    const { peer, level, child } = await startLock(t);
    await peer.ask({ id: 1, lease: 90_000 });
    child.kill(signal);
    const [code] = await once(child, 'exit');
    t.is(code, 0);
    t.is(level(), '0');
  });
}

test('standard input closed, as when the daemon dies: rest, then the end', async (t) => {
  const { peer, level, child } = await startLock(t);
  await peer.ask({ id: 1, lease: 90_000 });
  child.stdin!.end();
  const [code] = await once(child, 'exit');
  t.is(code, 0);
  t.is(level(), '0');
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test.serial(`${signal} of the daemon mid-pulse: the lock process secures and ends`, async (t) => {
    const { daemonProcess, lockPid, level } = await openedDaemon(t);
    t.is(level(), '1');
    daemonProcess.kill(signal);
    // The lease runs for a minute: only the daemon's death can have ended it.
    await until(() => level() === '0');
    await until(() => !isAlive(lockPid));
    t.pass();
  });
}

test.serial('SIGKILL of both mid-pulse: limen-rest brings the line to rest, and so does the next start', async (t) => {
  const bench = await openedDaemon(t);
  process.kill(bench.lockPid, 'SIGSTOP');
  bench.daemonProcess.kill('SIGKILL');
  process.kill(bench.lockPid, 'SIGKILL');
  await until(() => !isAlive(bench.lockPid));
  t.is(bench.level(), '1');

  const said = execFileSync('sh', [join(packageRoot(), 'systemd/limen-rest')], {
    env: { PATH: process.env.PATH, RUNTIME_DIRECTORY: bench.doorFolder },
    stdio: 'pipe',
  });
  t.is(bench.level(), '0', String(said));

  writeFileSync(bench.levelFile, '1');
  const door = await openDoor(doorIn(bench.folder));
  t.is(bench.level(), '0');
  await door.close();
});

test('the lock process loads nothing but itself and the driver', (t) => {
  const lock = ['process', 'server', 'keeper', 'rules', 'protocol', 'settings', 'terms', 'failure'];
  const door = [...lock.map((name) => `door/lock-${name}`), 'door/line-lock', 'door/rest-file'];
  for (const source of [...door, 'gpio/gpio', 'gpio/simulated']) {
    const text = readFileSync(new URL(siblingModule(import.meta.url, `../../src/${source}`)), 'utf8');
    for (const [, imported = ''] of text.matchAll(/from ['"]([^'"]+)['"]/g)) {
      t.regex(
        imported,
        /^(node:(fs|net|path)|\.\/[a-z-]+\.js|\.\.\/(domain\/errors|gpio\/gpio)\.js)$/,
        `${source} imports ${imported}`,
      );
    }
  }
});

async function openedDaemon(t: ExecutionContext) {
  const bench = makeBench(t);
  const doorFolder = join(bench.folder, 'door');
  const daemonProcess = spawn(process.execPath, [daemon, bench.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => end(daemonProcess));
  await once(daemonProcess.stdout, 'data');
  const [lockPid = 0] = lockProcessesOf(daemonProcess.pid);
  t.teardown(() => {
    if (isAlive(lockPid)) process.kill(lockPid, 'SIGKILL');
  });
  return { ...bench, doorFolder, daemonProcess, lockPid };
}
