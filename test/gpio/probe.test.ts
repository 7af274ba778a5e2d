import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { probeDoor } from '../../src/gpio/probe.ts';
import { makeSysfs } from './support/fake-sysfs.ts';

test('the probe lists chips with label, base and lines, and the character devices', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'limen-probe-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'gpiochip0'), '');
  chmodSync(join(root, 'gpiochip0'), 0o600);
  const probe = await probeDoor({ sysfsRoot: makeSysfsIn(root), deviceFolder: root });
  t.deepEqual(probe.chips, [
    { label: 'pinctrl-bcm2711', base: 512, lines: 58 },
    { label: 'raspberrypi-exp-gpio', base: 570, lines: 8 },
  ]);
  t.deepEqual(probe.devices[0], { path: join(root, 'gpiochip0'), writable: true });
  t.is(probe.onoff.loads, probe.onoff.reason === null);
});

test('a machine without GPIO gets an answer and a mend, not an exception', async (t) => {
  const probe = await probeDoor({ sysfsRoot: '/nonexistent/gpio', deviceFolder: '/nonexistent' });
  t.deepEqual(probe.chips, []);
  t.deepEqual(probe.devices, []);
  t.regex(probe.problems[0]?.sentence ?? '', /offers no GPIO lines/);
  t.true(probe.problems.every(({ mend }) => mend.length > 0));
});

function makeSysfsIn(root: string): string {
  const sysfs = join(root, 'sysfs');
  makeSysfs(sysfs);
  return sysfs;
}
