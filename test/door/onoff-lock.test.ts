import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import type { GpioConstructor } from '../../src/door/onoff.ts';
import { openLock } from '../../src/door/onoff-lock.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { lockContract } from '../contract/lock.ts';
import { needs } from '../support/require.ts';
import { addChip, exportLine, gpioOn, makeSysfs } from './support/fake-sysfs.ts';

const relay = { chipLabel: 'pinctrl-bcm2711', line: 17, activeLow: false };

/** The driver's own logic on plain files; the real onoff on plain files is below, on real lines in test:hil. */
for (const activeLow of [false, true]) {
  lockContract(test, `onoff, active ${activeLow ? 'low' : 'high'}, file-backed line`, () => {
    const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
    makeSysfs(root);
    const restFile = join(root, 'lock.rest');
    const valueFile = join(root, 'gpio529/value');
    const released = activeLow ? '0' : '1';
    return {
      restFile,
      open: () => openLock({ ...relay, activeLow, restFile }, { sysfsRoot: root, loadGpio: async () => gpioOn(root) }),
      seen: () => (readFileSync(valueFile, 'utf8').startsWith(released) ? 'released' : 'secured'),
      leaveReleased: () => writeFileSync(valueFile, `${released}\n`),
      remove: () => rmSync(root, { recursive: true }),
    };
  });
}

/** A real line: LIMEN_TEST_GPIO="chip label:offset:file that shows the level" (gpio-sim has such a file per line). */
for (const activeLow of [false, true]) {
  lockContract(test.serial, `onoff, active ${activeLow ? 'low' : 'high'}, real line`, (t) => {
    if (!needs(t, 'gpio')) return null;
    const [chipLabel = '', line, valueFile = ''] = process.env.LIMEN_TEST_GPIO?.split(':') ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
    const restFile = join(folder, 'lock.rest');
    const released = activeLow ? '0' : '1';
    const recipe = () =>
      Object.fromEntries(
        readFileSync(restFile, 'utf8')
          .split('\n')
          .map((row) => row.split('=')),
      );
    return {
      restFile,
      open: () => openLock({ chipLabel, line: Number(line), activeLow, restFile }),
      seen: () => (readFileSync(valueFile, 'utf8').startsWith(released) ? 'released' : 'secured'),
      leaveReleased: () => writeFileSync(`/sys/class/gpio/gpio${recipe().gpio}/value`, released),
      remove: () => rmSync(folder, { recursive: true }),
    };
  });
}

test('the line is the chip’s base plus the offset, and the name says so', async (t) => {
  const { root, open } = bench(t);
  const lock = await open({ line: 17 });
  t.is(lock.name, 'onoff pinctrl-bcm2711 line 17 (gpio 529), active high');
  t.is(readFileSync(join(root, 'gpio529/value'), 'utf8'), '0\n');
});

const refusals: [string, Partial<typeof relay>, RegExp][] = [
  ['an unknown chip label', { chipLabel: 'pinctrl-rp1' }, /pinctrl-bcm2711 \(58 lines\), raspberrypi-exp-gpio/],
  ['a line the chip does not have', { line: 58 }, /0 to 57/],
];
for (const [what, changes, mend] of refusals) {
  test(`${what} is named, with what is there`, async (t) => {
    const error = await t.throwsAsync(bench(t).open(changes), { instanceOf: LimenError });
    t.is(error.code, 'door.line-missing');
    t.regex(error.hint ?? '', mend);
  });
}

test('two chips with the same label are not guessed between', async (t) => {
  const { root, open } = bench(t);
  addChip(root, { base: 600, label: 'pinctrl-bcm2711', lines: 4 });
  const error = await t.throwsAsync(open(), { instanceOf: LimenError });
  t.is(error.code, 'door.line-missing');
  t.regex(error.message, /2 GPIO chips share/);
});

test('a kernel without sysfs GPIO is named, with its mend', async (t) => {
  const error = await t.throwsAsync(
    openLock({ ...relay, restFile: join(tmpdir(), 'never-written') }, { sysfsRoot: '/nonexistent/gpio' }),
    { instanceOf: LimenError },
  );
  t.is(error.code, 'door.line-missing');
  t.regex(error.hint ?? '', /CONFIG_GPIO_SYSFS/);
});

const kernelErrors = {
  EINVAL: ['door.line-missing', /limen doctor/],
  EBUSY: ['door.line-busy', /gpioinfo/],
  EACCES: ['door.denied', /group "gpio"/],
  EROFS: ['door.denied', /ReadWritePaths/],
  EIO: ['door.fault', /dmesg/],
} as const;
for (const [code, [expected, mend]] of Object.entries(kernelErrors)) {
  test(`${code} from the kernel is ${expected}`, async (t) => {
    const { open } = bench(t);
    const error = await t.throwsAsync(open({}, refusing(code)), { instanceOf: LimenError });
    t.is(error.code, expected);
    t.regex(error.hint ?? '', mend);
    t.regex(error.message, /pinctrl-bcm2711 line 17 \(gpio 529\)/);
  });
}

test('a line that udev hands over a moment late is waited for', async (t) => {
  const { root, open } = bench(t);
  const Line = gpioOn(root);
  let tries = 0;
  const lock = await open(
    {},
    class extends Line {
      constructor(...args: ConstructorParameters<typeof Line>) {
        tries += 1;
        if (tries < 3) throw systemError('EACCES');
        super(...args);
      }
    },
  );
  t.is(tries, 3);
  t.is(lock.read(), 'secured');
});

test('a line that does not go to rest is a fault', async (t) => {
  const { root, open } = bench(t);
  class Stuck extends gpioOn(root) {
    override readSync(): 0 | 1 {
      return 1;
    }
  }
  const error = await t.throwsAsync(open({}, Stuck), { instanceOf: LimenError });
  t.is(error.code, 'door.fault');
});

test('onoff that is not installed is door.driver-missing', async (t) => {
  const { root } = bench(t);
  const missing = new LimenError('door.driver-missing', 'The GPIO driver "onoff" is not installed.');
  const parts = { sysfsRoot: root, loadGpio: () => Promise.reject(missing) };
  t.is(await t.throwsAsync(openLock({ ...relay, restFile: join(root, 'r') }, parts)), missing);
});

test('npm’s own onoff, on a /sys/class/gpio of plain files', (t) => {
  if (!needs(t, 'onoff') || !needs(t, 'mount-namespace')) return;
  const child = fileURLToPath(siblingModule(import.meta.url, './support/real-onoff'));
  const said = execFileSync(
    'unshare',
    [
      '--mount',
      'sh',
      '-c',
      'mount -t tmpfs none /sys/class && mkdir /sys/class/gpio && exec "$0" "$1"',
      process.execPath,
      child,
    ],
    { encoding: 'utf8' },
  );
  t.deepEqual(JSON.parse(said), {
    name: 'onoff pinctrl-bcm2711 line 17 (gpio 529), active low',
    directionWritten: 'high',
    levels: ['1', '0', '1'],
    read: ['secured', 'released', 'secured'],
    afterClose: '1',
    unknownLine: 'door.denied',
  });
});

function bench(t: ExecutionContext) {
  const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  makeSysfs(root);
  exportLine(root, 529, '1');
  const open = (changes: Partial<typeof relay> = {}, Gpio: GpioConstructor = gpioOn(root)) =>
    openLock(
      { ...relay, restFile: join(root, 'lock.rest'), ...changes },
      { sysfsRoot: root, loadGpio: async () => Gpio },
    );
  return { root, open };
}

function refusing(code: string): GpioConstructor {
  return class {
    constructor() {
      throw systemError(code);
    }
  } as unknown as GpioConstructor;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}
