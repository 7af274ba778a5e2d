import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { clockMemory, untilSet } from '../../src/runtime/clock-trust.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test('asked ever less often, once a minute at most, and never again once it is set', async (t) => {
  const answers = [null, false, false, false, null, false, true];
  const waits: number[] = [];
  let set = 0;
  await untilSet({
    ask: async () => answers.shift() ?? null,
    onSet: () => void set++,
    signal: new AbortController().signal,
    sleep: async (ms) => void waits.push(ms),
  });
  t.is(set, 1);
  t.deepEqual(waits, [5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

test('nobody asks any more after the end', async (t) => {
  const stop = new AbortController();
  await untilSet({
    ask: async () => t.fail() as never,
    onSet: () => t.fail(),
    signal: stop.signal,
    sleep: async () => stop.abort(),
  });
  t.pass();
});

test('what was set stays set until the machine is started again', (t) => {
  const file = join(folder(), 'clock-set');
  const first = clockMemory(file, { bootId: 'first' });
  t.false(first.wasSet());
  first.setNow();
  t.true(clockMemory(file, { bootId: 'first' }).wasSet());
  t.false(clockMemory(file, { bootId: 'second' }).wasSet());
  t.false(clockMemory(file, { bootId: null }).wasSet());
  writeFileSync(file, '');
  t.false(clockMemory(file, { bootId: 'first' }).wasSet(), 'torn by a power cut');
});

test('a disk that cannot be written to keeps no clock from being right', (t) => {
  const memory = clockMemory(join(folder(), 'no', 'such', 'folder'), { bootId: 'first' });
  t.notThrows(() => memory.setNow());
  t.false(memory.wasSet());
});

test('the start of this machine has a name of its own', (t) => {
  const file = join(folder(), 'clock-set');
  const memory = clockMemory(file);
  memory.setNow();
  t.true(memory.wasSet());
  t.is(readFileSync(file, 'utf8'), readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
});
