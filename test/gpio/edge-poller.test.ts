import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { EdgePoller } from '../../src/gpio/edge-poller.ts';
import type { Level } from '../../src/gpio/gpio.ts';
import { loadLibc } from '../../src/gpio/libc.ts';
import { sizes } from '../../src/gpio/uapi.ts';
import { temporaryFolders } from '../support/folders.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);

/** A named pipe stands for the kernel's queue: the same poll, the same read, the same bytes. */
async function bench(t: ExecutionContext, level: () => Level) {
  const libc = await loadLibc();
  const pipe = join(folder(), 'events');
  execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, constants.O_RDWR);
  t.teardown(() => closeSync(fd));
  libc.setNonBlocking(fd);
  const told: string[] = [];
  const input = {
    name: 'line',
    fd,
    read: level,
    onChange: (change: { level: Level; atMs: number }) => told.push(`${change.level} at ${change.atMs}`),
    onError: (error: Error) => told.push(error.message),
  };
  const queue = (...events: { level: Level; atMs: number; seq: number }[]) => {
    for (const event of events) {
      const bytes = Buffer.alloc(sizes.lineEvent);
      bytes.writeBigUInt64LE(BigInt(event.atMs * 1e6), 0);
      bytes.writeUInt32LE(event.level === 1 ? 1 : 2, 8);
      bytes.writeUInt32LE(event.seq, 20);
      writeSync(fd, bytes);
    }
  };
  return { poller: new EdgePoller(libc), input, told, queue };
}

test('events are told in their order, however many are waiting', async (t) => {
  const count = 500;
  const { poller, input, told, queue } = await bench(t, () => 0);
  const stop = poller.watch(input);
  const events = Array.from({ length: count }, (_, index) => ({
    level: (index % 2 === 0 ? 1 : 0) as Level,
    atMs: index,
    seq: index + 1,
  }));
  queue(...events);
  await until(() => told.length === count);
  t.deepEqual(
    told,
    events.map(({ level, atMs }) => `${level} at ${atMs}`),
  );
  stop();
});

test('a level whose event never came is noticed', async (t) => {
  let level: Level = 0;
  const { poller, input, told } = await bench(t, () => level);
  const stop = poller.watch(input);
  level = 1;
  await until(() => told.length > 0);
  t.regex(told[0]!, /^1 at /);
  stop();
});

test('a line that cannot be read any more is an error, told once', async (t) => {
  let isThere = true;
  const { poller, input, told } = await bench(t, () => {
    if (!isThere) throw Object.assign(new Error('gone'), { code: 'ENODEV' });
    return 0;
  });
  poller.watch(input);
  isThere = false;
  await until(() => told.length > 0);
  // A second input, which is heard of later, shows that the first is forgotten.
  const second = await bench(t, () => 0);
  const stop = poller.watch(second.input);
  second.queue({ level: 1, atMs: 1, seq: 1 });
  await until(() => second.told.length > 0);
  t.deepEqual(told, ['The line line is gone (ENODEV).']);
  stop();
});

test('a kernel that cannot be asked any more is an error of every input, told once, and ends nothing', async (t) => {
  const { input, told } = await bench(t, () => 0);
  const ready = () => {
    throw Object.assign(new Error('EIO: poll failed'), { code: 'EIO' });
  };
  const poller = new EdgePoller({ ready });
  poller.watch({ ...input, name: 'contact' });
  poller.watch({ ...input, name: 'rex' });
  await until(() => told.length === 2);
  t.regex(told[0]!, /contact/);
  t.regex(told[1]!, /rex/);
  poller.watch(input);
  await until(() => told.length === 3);
});
