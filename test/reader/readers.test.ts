import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { fifoReader } from '../../src/reader/fifo.ts';
import { eventBytes, hidReader } from '../../src/reader/hid.ts';
import { serialReader } from '../../src/reader/serial.ts';
import { simulatedReader } from '../../src/reader/simulated.ts';
import { readerContract } from '../contract/reader.ts';
import { temporaryFolders } from '../support/folders.ts';
import { needs } from '../support/require.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);
const file = (place: string) => join(place, 'lines');
const type = (place: string, text: string) => appendFileSync(file(place), text);
// Long enough to look at the file once: what was there before the first look is nobody's.
const there = async (place: string) => {
  await until(() => existsSync(file(place)));
  await delay(500);
};

readerContract(
  test,
  { name: 'simulated', open: (place) => simulatedReader({ file: file(place) }), ready: there, type },
  folder,
);
readerContract(
  test,
  { name: 'fifo', open: (place) => fifoReader({ pipeFile: file(place) }), ready: there, type },
  folder,
);

test('a pipe is for limen only', async (t) => {
  const place = folder();
  const stop = new AbortController();
  const next = fifoReader({ pipeFile: file(place) })
    .lines(stop.signal)
    [Symbol.asyncIterator]()
    .next();
  await there(place);
  t.is(statSync(file(place)).mode & 0o777, 0o600);
  stop.abort();
  await next;
});

/** A real terminal device: whoever holds the other end writes what a reader on that line would. */
async function pseudoTerminal(t: ExecutionContext): Promise<{ device: string; write(bytes: Uint8Array): void }> {
  const child = spawn('python3', [
    '-c',
    'import os,pty,shutil,sys\nm,s=pty.openpty()\nprint(os.ttyname(s),flush=True)\nwith os.fdopen(m,"wb",0) as out: shutil.copyfileobj(sys.stdin.buffer,out,1)',
  ]);
  t.teardown(() => child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  return { device: String(said).trim(), write: (bytes) => void child.stdin.write(bytes) };
}

const isRaw = (device: string) => {
  const { stdout } = spawnSync('stty', ['-F', device, '-a'], { encoding: 'utf8' });
  return /-icanon/.test(stdout) && /-echo /.test(stdout) && /speed 19200/.test(stdout);
};

test('serial: a terminal device is set raw and at its speed, and its lines come', async (t) => {
  if (!needs(t, 'python')) return;
  const { device, write } = await pseudoTerminal(t);
  const stop = new AbortController();
  const lines = serialReader({ device, baud: 19_200 }).lines(stop.signal)[Symbol.asyncIterator]();
  const first = lines.next();
  await until(() => isRaw(device));
  write(Buffer.from('card 4711\r\n'));
  t.is((await first).value, 'card 4711');
  // Control characters that a line discipline would take for itself.
  write(Buffer.from('pin 2580\n'));
  write(Buffer.from([0x03, 0x0a]));
  t.is((await lines.next()).value, 'pin 2580');
  stop.abort();
  await lines.next();
});

/** What the kernel writes for one key: down, up, and the end of the report after each. */
function pressOf(code: number): Buffer {
  return Buffer.concat([1, 0].flatMap((value) => [inputEvent(1, code, value), inputEvent(0, 0, 0)]));
}

function inputEvent(type: number, code: number, value: number): Buffer {
  const bytes = Buffer.alloc(eventBytes);
  bytes.writeUInt16LE(type, eventBytes - 8);
  bytes.writeUInt16LE(code, eventBytes - 6);
  bytes.writeInt32LE(value, eventBytes - 4);
  return bytes;
}

test('hid: what a keyboard-like reader types, whole, however its events are cut', async (t) => {
  const place = folder();
  const device = join(place, 'event0');
  spawnSync('mkfifo', [device]);
  const stop = new AbortController();
  const lines = hidReader({ device }).lines(stop.signal)[Symbol.asyncIterator]();
  const first = lines.next();
  // Waits until the reader has opened the other end.
  const writer = await open(device, 'w');
  t.teardown(() => writer.close());
  const typed = (codes: readonly number[]) => Buffer.concat(codes.map(pressOf));
  await writer.write(typed([5, 8, 2, 2, 28]));
  t.is((await first).value, '4711');
  // On the keypad, with a key that means nothing, and an event in two pieces.
  const more = typed([80, 59, 76, 72, 82, 96]);
  await writer.write(more.subarray(0, 101));
  await delay(50);
  await writer.write(more.subarray(101));
  t.is((await lines.next()).value, '2580');
  stop.abort();
  await lines.next();
});

test('a serial line that is not there is missing', async (t) => {
  const lines = serialReader({ device: '/dev/limen-none', baud: 9600 }).lines(new AbortController().signal);
  await t.throwsAsync(lines[Symbol.asyncIterator]().next(), { code: 'reader.missing' });
});
