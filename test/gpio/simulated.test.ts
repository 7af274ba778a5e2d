import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import type { Level } from '../../src/gpio/gpio.ts';
import { openGpio } from '../../src/gpio/simulated.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { gpioContract } from '../contract/gpio.ts';
import { lockContract } from '../contract/lock.ts';
import { temporaryFolders } from '../support/folders.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);
const spec = { chipLabel: 'simulated', line: 3 };
const button = { ...spec, activeLow: false, consumer: 'limen-test' };

function bench() {
  const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
  const file = join(root, 'simulated-3');
  return {
    root,
    spec,
    seen: (): Level => (readFileSync(file, 'utf8').startsWith('1') ? 1 : 0),
    pull: (level: Level) => writeFileSync(file, `${level}\n`),
    remove: () => rmSync(root, { recursive: true }),
  };
}

gpioContract(test, { driver: 'simulated', canBeKeptOut: true }, () => {
  const { root, ...line } = bench();
  let gpio: ReturnType<typeof openGpio> | undefined;
  const open = () => {
    gpio = openGpio({ folder: root });
    return gpio;
  };
  return {
    ...line,
    open,
    missing: [],
    hold: async () => {
      const held = await (await gpio!).openOutput({ ...button, initial: false });
      return () => held.close();
    },
  };
});

lockContract(test, { driver: 'simulated' }, () => {
  const { root, spec: line, ...seen } = bench();
  const driver = siblingModule(import.meta.url, '../../src/gpio/simulated').href;
  return {
    ...seen,
    line,
    drive: seen.pull,
    lock: { driver, driverOptions: { folder: root }, restFile: join(root, 'r') },
  };
});

test('a line may have a file of its own, anywhere', async (t) => {
  const root = folder();
  const file = join(root, 'lock.level');
  const gpio = await openGpio({ folder: join(root, 'gpio'), files: { 'simulated-3': file } });
  t.deepEqual(gpio.locate(spec), { kind: 'file', path: file });
  const output = await gpio.openOutput({ ...button, initial: true });
  t.is(readFileSync(file, 'utf8'), '1');
  output.close();
});

test('a button that nobody has touched is where its resistor holds it', async (t) => {
  const gpio = await openGpio({ folder: folder() });
  t.teardown(() => gpio.close());
  const listener = { onEdge: () => t.fail(), onError: () => t.fail() };
  const up = await gpio.openInput({ ...button, bias: 'pull-up' }, listener);
  t.true(up.read());
  const down = await gpio.openInput({ ...button, line: 4, bias: 'pull-down' }, listener);
  t.false(down.read());
});

test('an input whose file is removed is gone, once', async (t) => {
  const root = folder();
  const gpio = await openGpio({ folder: root });
  t.teardown(() => gpio.close());
  const errors: LimenError[] = [];
  await gpio.openInput(button, { onEdge: () => t.fail(), onError: (error) => errors.push(error) });
  rmSync(join(root, 'simulated-3'));
  await until(() => errors.length > 0);
  t.is(errors[0]?.code, 'door.fault');
  t.is(errors.length, 1);
});

test('a file that cannot be written is a fault with a mend', async (t) => {
  const root = folder();
  mkdirSync(join(root, 'simulated-3'));
  const gpio = await openGpio({ folder: root });
  const error = await t.throwsAsync(gpio.openOutput({ ...button, initial: false }), { instanceOf: LimenError });
  t.is(error.code, 'door.fault');
  t.truthy(error.hint);
});

test('a closed output drives nothing', async (t) => {
  const root = folder();
  const gpio = await openGpio({ folder: root });
  const output = await gpio.openOutput({ ...button, initial: false });
  output.close();
  t.throws(() => output.write(true), { instanceOf: LimenError });
  t.is(readFileSync(join(root, 'simulated-3'), 'utf8'), '0');
});
