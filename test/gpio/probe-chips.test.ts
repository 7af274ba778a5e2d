import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { outputsAfterExit, probeChips } from '../../src/gpio/probe-chips.ts';
import { fakeLibc } from './support/fake-libc.ts';

test('every chip with its held lines; a device that is no chip is refused with its code', async (t) => {
  const root = folder(t);
  for (const name of ['gpiochip0', 'gpiochip10', 'gpiochip2']) writeFileSync(join(root, name), '');
  const held = { 3: { consumer: 'limen-lock', direction: 'out' as const } };
  const libc = fakeLibc({
    gpiochip0: { label: 'pinctrl-rp1', lines: 54, held },
    gpiochip10: { label: 'expander', lines: 8, held: {} },
  });
  const probe = await probeChips({ load: async () => libc, deviceFolder: root, modulesRoot: root });
  t.is(probe.driverFailure, null);
  t.deepEqual(
    probe.chips.map(({ label, lines, held }) => [label, lines, held.map(({ line, consumer }) => [line, consumer])]),
    [
      ['pinctrl-rp1', 54, [[3, 'limen-lock']]],
      ['expander', 8, []],
    ],
  );
  t.deepEqual(probe.refused, [{ path: join(root, 'gpiochip2'), code: 'ENOTTY' }]);
});

test('a device that only root may open is seen as one', async (t) => {
  const root = folder(t);
  const device = join(root, 'gpiochip0');
  writeFileSync(device, '');
  const libc = fakeLibc({ gpiochip0: { label: 'x', lines: 1, held: {} } });
  const rootOnly = async () => (await probeChips({ load: async () => libc, deviceFolder: root })).chips[0]?.rootOnly;
  chmodSync(device, 0o600);
  t.true(await rootOnly());
  chmodSync(device, 0o666);
  t.false(await rootOnly());
});

test('a driver that does not load is an answer, not an exception', async (t) => {
  const probe = await probeChips({ load: () => Promise.reject(new Error('no koffi here')) });
  t.deepEqual(probe, { driverFailure: 'no koffi here', chips: [], refused: [] });
});

for (const [label, module] of [
  ['pinctrl-bcm2711', 'pinctrl_bcm2835'],
  ['pinctrl-rp1', 'pinctrl_rp1'],
] as const) {
  test(`what ${label} does with an output is read from the kernel, and unknown where it says nothing`, (t) => {
    const root = folder(t);
    t.is(outputsAfterExit(label, root).kept, 'unknown');
    const file = join(root, module, 'parameters/persist_gpio_outputs');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'Y\n');
    t.deepEqual(outputsAfterExit(label, root), { kept: 'yes', source: file });
    writeFileSync(file, 'N\n');
    t.is(outputsAfterExit(label, root).kept, 'no');
  });
}

test('of any other chip nothing is claimed', (t) => {
  t.is(outputsAfterExit('tegra234-gpio').kept, 'unknown');
});

function folder(t: ExecutionContext): string {
  const root = mkdtempSync(join(tmpdir(), 'limen-chips-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  return root;
}
