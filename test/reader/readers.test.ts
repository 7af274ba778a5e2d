import { appendFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { fifoReader } from '../../src/reader/fifo.ts';
import { serialReader } from '../../src/reader/serial.ts';
import { simulatedReader } from '../../src/reader/simulated.ts';
import { readerContract } from '../contract/reader.ts';
import { temporaryFolders } from '../support/folders.ts';
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

test('a serial line that is not there is missing', async (t) => {
  const lines = serialReader({ device: '/dev/limen-none', baud: 9600 }).lines(new AbortController().signal);
  await t.throwsAsync(lines[Symbol.asyncIterator]().next(), { code: 'reader.missing' });
});
