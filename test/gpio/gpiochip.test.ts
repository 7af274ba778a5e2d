import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { chipOf } from '../../src/gpio/chips.ts';
import type { Edge } from '../../src/gpio/gpio.ts';
import { openGpio } from '../../src/gpio/gpiochip.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { gpioContract } from '../contract/gpio.ts';
import { lockContract } from '../contract/lock.ts';
import { temporaryFolders } from '../support/folders.ts';
import { until } from '../support/wait.ts';
import { simulatedLine } from './support/gpio-sim.ts';

const folder = temporaryFolders(test);
const relay = { chipLabel: 'pinctrl-bcm2711', line: 17, activeLow: false, initial: false, consumer: 'limen-test' };

gpioContract(test.serial, { driver: 'gpiochip, real line', keepsTime: true, canBeKeptOut: true }, (t) => {
  const line = simulatedLine(t, 1);
  if (line === null) return null;
  return {
    ...line,
    open: () => openGpio({}),
    missing: [
      { chipLabel: line.spec.chipLabel, line: 99 },
      { chipLabel: 'no-such-chip', line: 1 },
    ],
    hold: async () => {
      const other = await openGpio({});
      await other.openOutput({ ...line.spec, activeLow: false, initial: false, consumer: 'somebody' });
      return () => other.close();
    },
    remove: () => line.unexport(),
  };
});

lockContract(test.serial, { driver: 'gpiochip, real line', keepsOthersOut: true }, (t) => {
  const line = simulatedLine(t, 2);
  if (line === null) return null;
  const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
  return {
    lock: {
      driver: siblingModule(import.meta.url, '../../src/gpio/gpiochip').href,
      driverOptions: {},
      restFile: join(root, 'lock.rest'),
    },
    line: line.spec,
    seen: line.seen,
    pull: line.pull,
    remove: () => {
      line.unexport();
      rmSync(root, { recursive: true });
    },
  };
});

test.serial('more edges than the kernel keeps: they alternate, and the last one is true', async (t) => {
  const line = simulatedLine(t, 1);
  if (line === null) return;
  const gpio = await openGpio({});
  t.teardown(() => gpio.close());
  const edges: Edge[] = [];
  await gpio.openInput(
    { ...line.spec, activeLow: false, consumer: 'limen-test' },
    { onEdge: (edge) => edges.push(edge), onError: (error) => t.fail(error.message) },
  );
  for (let press = 0; press < 2000; press += 1) {
    line.pull(1);
    line.pull(0);
  }
  line.pull(1);
  await until(() => edges.at(-1)?.active === true);
  t.true(edges.every(({ active }, index) => active === (index % 2 === 0)));
});

test('a machine without GPIO chips says so', async (t) => {
  const gpio = await openGpio({ deviceFolder: folder() });
  const error = await t.throwsAsync(gpio.openOutput(relay), { instanceOf: LimenError });
  t.is(error.code, 'door.line-missing');
  t.regex(error.message, /no GPIO chip \(ENOENT\)/);
  t.truthy(error.hint);
});

test('a file that only looks like a chip is none: the kernel is really asked', async (t) => {
  const deviceFolder = folder();
  writeFileSync(join(deviceFolder, 'gpiochip0'), '');
  const gpio = await openGpio({ deviceFolder });
  const error = await t.throwsAsync(gpio.openOutput(relay), { instanceOf: LimenError });
  t.is(error.code, 'door.line-missing');
});

test('where a line is, for limen-rest', async (t) => {
  t.deepEqual((await openGpio({})).locate(relay), {
    kind: 'gpio',
    sysfs: '/sys/class/gpio',
    label: 'pinctrl-bcm2711',
    line: 17,
  });
});

const chips = [
  { path: '/dev/gpiochip0', label: 'pinctrl-bcm2711', lines: 58 },
  { path: '/dev/gpiochip1', label: 'twin', lines: 4 },
  { path: '/dev/gpiochip2', label: 'twin', lines: 4 },
];
const refusals = [
  ['an unknown label', { chipLabel: 'pinctrl-rp1', line: 1 }, [], 'door.line-missing', /pinctrl-bcm2711 \(58 lines\)/],
  ['a line beyond the chip', { ...relay, line: 58 }, [], 'door.line-missing', /0 to 57/],
  ['two chips of one label', { chipLabel: 'twin', line: 1 }, [], 'door.line-missing', /label of its own/],
  [
    'a label that may be on a chip nobody may look at',
    { chipLabel: 'pinctrl-rp1', line: 1 },
    [{ path: '/dev/gpiochip3', code: 'EACCES' }],
    'door.denied',
    /group "gpio"/,
  ],
] as const;
for (const [what, spec, refused, code, mend] of refusals) {
  test(`${what} is ${code}, with its mend`, (t) => {
    const error = t.throws(() => chipOf(spec, { chips, refused }), { instanceOf: LimenError });
    t.is(error.code, code);
    t.regex(error.hint ?? '', mend);
  });
}

test('a chip is found by its label', (t) => {
  t.is(chipOf(relay, { chips, refused: [] }).path, '/dev/gpiochip0');
});
