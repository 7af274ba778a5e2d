import test from 'ava';
import { punchSchema } from '../../src/config/punch-schema.ts';
import { doorSchema } from '../../src/config/schema.ts';
import { gpioFindings } from '../../src/doctor/examine-gpio.ts';
import { inRanges } from '../../src/doctor/ranges.ts';
import type { DoorProbe } from '../../src/gpio/probe.ts';
import type { ChipProbe, Kept } from '../../src/gpio/probe-chips.ts';

const bySysfs: DoorProbe = {
  chips: [{ label: 'pinctrl-bcm2711', base: 512, lines: 58 }],
  onoff: { loads: false, reason: 'no compiler' },
  devices: [],
  problems: [{ sentence: 'The GPIO driver "onoff" is not installed.', mend: 'npm ci' }],
};

function pi(consumer: string, kept: Kept['kept'] = 'yes'): ChipProbe {
  const held = [{ line: 17, name: 'GPIO17', used: true, consumer, direction: 'out' as const }];
  const outputs = { kept, source: 'the kernel' };
  const chip = { path: '/dev/gpiochip0', label: 'pinctrl-bcm2711', lines: 58, held, outputs, rootOnly: false };
  return { driverFailure: null, refused: [], chips: [chip] };
}

const door = (changes: object = {}) => doorSchema.parse({ driver: 'gpiochip', line: 17, ...changes });

test('a chip shows its label, its base, who holds what, and what is free', async (t) => {
  const [chip] = await gpioFindings({}, { byDevice: pi('spi0 CS0'), bySysfs });
  t.deepEqual(chip?.says.split('\n'), [
    'pinctrl-bcm2711: 58 lines at /dev/gpiochip0, 512 is the first one in sysfs',
    'busy  17 spi0 CS0 (out)',
    'free  0–16, 18–57',
  ]);
});

const held = {
  'spi0 CS0': ['fail', /"spi0 CS0" holds it/],
  'limen-lock': ['ok', /held by limen-lock/],
  sysfs: ['ok', /held by sysfs/],
} as const;
for (const [consumer, [level, says]] of Object.entries(held)) {
  test(`the lock's line in the hands of ${consumer}: ${level}`, async (t) => {
    const findings = await gpioFindings({ door: door() }, { byDevice: pi(consumer), bySysfs });
    const own = findings.find(({ about }) => about === 'door');
    t.is(own?.level, level);
    t.regex(own?.says ?? '', says);
  });
}

test('a chip that is not there fails, and the mend lists those that are', async (t) => {
  const findings = await gpioFindings({ door: door({ chipLabel: 'pinctrl-rp1' }) }, { byDevice: pi('x'), bySysfs });
  const own = findings.find(({ about }) => about === 'door');
  t.is(own?.code, 'door.line-missing');
  t.regex(own?.mend ?? '', /pinctrl-bcm2711 \(58 lines\)/);
});

test('a magnet on a chip that may drop its outputs is warned of, a strike only where it is known to', async (t) => {
  const warned = async (wiring: string, kept: Kept['kept']) => {
    const findings = await gpioFindings({ door: door({ wiring }) }, { byDevice: pi('limen-lock', kept), bySysfs });
    return findings.some(({ level, mend }) => level === 'warn' && mend?.includes('resistor'));
  };
  t.true(await warned('fail-safe', 'unknown'));
  t.true(await warned('fail-safe', 'no'));
  t.true(await warned('fail-secure', 'no'));
  t.false(await warned('fail-secure', 'unknown'));
  t.false(await warned('fail-safe', 'yes'));
});

/** A time clock with a light, a buzzer and two keys with buttons, of which line 17 is one. */
const punch = (panel: object = {}) =>
  punchSchema.parse({
    keys: { in: { means: 'in', button: { line: 5 } }, out: { means: 'out', button: { line: 17 } } },
    panel: { driver: 'gpiochip', outputs: { green: { line: 23 }, buzzer: { line: 18 } }, ...panel },
  });
const ofPunch = async (config: ReturnType<typeof punch>, byDevice: ChipProbe) =>
  (await gpioFindings({ punch: config }, { byDevice, bySysfs })).filter(({ about }) => about === 'punch');

test("the panel's lines in the hands of limen, or of nobody, are said once", async (t) => {
  const [finding, ...others] = await ofPunch(punch(), pi('limen-out'));
  t.is(finding?.level, 'ok');
  t.regex(finding?.says ?? '', /lines 5, 17–18, 23 of pinctrl-bcm2711, and nobody else/);
  t.deepEqual(others, []);
});

test("a key's line in other hands fails, by the key's name", async (t) => {
  const [finding, ...others] = await ofPunch(punch(), pi('spi0 CS0'));
  t.is(finding?.level, 'fail');
  t.regex(finding?.says ?? '', /^punch\.keys\.out\.button is line 17 of pinctrl-bcm2711, and "spi0 CS0" holds it$/);
  t.deepEqual(others, []);
});

test('a line beyond the chip fails, and so does a chip that is not there, once for all its lines', async (t) => {
  const beyond = await ofPunch(punch({ outputs: { red: { line: 58 } } }), pi('limen-out'));
  t.deepEqual(
    beyond.map(({ code, says }) => [code, says]),
    [['door.line-missing', 'GPIO chip "pinctrl-bcm2711" has no line 58.']],
  );
  const missing = await ofPunch(punch({ chipLabel: 'pinctrl-rp1' }), pi('x'));
  t.deepEqual(
    missing.map(({ code }) => code),
    ['door.line-missing'],
  );
  t.regex(missing[0]?.mend ?? '', /pinctrl-bcm2711 \(58 lines\)/);
});

test('what a panel needs of the machine fails as it does for a door; a simulated one needs nothing', async (t) => {
  const noChip: ChipProbe = { driverFailure: null, chips: [], refused: [] };
  const failed = async (driver: string) => {
    const findings = await gpioFindings({ punch: punch({ driver }) }, { byDevice: noChip, bySysfs });
    return findings.filter(({ level }) => level === 'fail').map(({ says }) => says);
  };
  t.deepEqual(await failed('gpiochip'), ['this machine has no GPIO chip']);
  t.deepEqual(await failed('simulated'), []);
});

test("the door's other lines are looked at, too", async (t) => {
  const wired = door({ line: 4, inputs: { contact: { line: 17 } } });
  const findings = await gpioFindings({ door: wired }, { byDevice: pi('w1'), bySysfs });
  t.true(findings.some(({ level, says }) => level === 'fail' && says.startsWith('door.inputs.contact is line 17')));
});

test('a device that may not be opened, and a driver that does not load, fail a door that needs them', async (t) => {
  const closed: ChipProbe = {
    driverFailure: null,
    chips: [],
    refused: [{ path: '/dev/gpiochip0', code: 'EACCES' }],
  };
  const levelOf = async (driver: string, byDevice: ChipProbe, words: RegExp) =>
    (await gpioFindings({ door: door({ driver }) }, { byDevice, bySysfs })).find(({ says }) => words.test(says))?.level;
  t.is(await levelOf('gpiochip', closed, /EACCES/), 'fail');
  t.is(await levelOf('simulated', closed, /EACCES/), 'warn');
  t.is(await levelOf('gpiochip', { ...closed, driverFailure: 'no koffi' }, /no koffi/), 'fail');
  t.is(await levelOf('onoff', pi('limen-lock'), /"onoff" is not installed/), 'fail');
  t.is(await levelOf('gpiochip', pi('limen-lock'), /"onoff" is not installed/), 'ok');
});

test('a device without a group, as it is before the udev rule, fails a door even when root looks', async (t) => {
  const { chips, ...rest } = pi('limen-lock');
  const byDevice = { ...rest, chips: chips.map((chip) => ({ ...chip, rootOnly: true })) };
  const rule = (await gpioFindings({ door: door() }, { byDevice, bySysfs })).find(({ says }) =>
    says.includes('nobody but root'),
  );
  t.is(rule?.level, 'fail');
  t.regex(rule?.mend ?? '', /60-limen-gpio\.rules/);
});

test('a machine without a chip says so once', async (t) => {
  const byDevice: ChipProbe = { driverFailure: null, chips: [], refused: [] };
  const failed = (await gpioFindings({ door: door() }, { byDevice, bySysfs })).filter(({ level }) => level === 'fail');
  t.is(failed.length, 1);
});

test('ranges', (t) => {
  t.is(inRanges([]), '');
  t.is(inRanges([0, 1, 2, 4, 6, 7]), '0–2, 4, 6–7');
});
