import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import type { Level } from '../../src/gpio/gpio.ts';
import { openGpio as openGpiochip } from '../../src/gpio/gpiochip.ts';
import { openGpio } from '../../src/gpio/onoff.ts';
import type { SysfsLineConstructor } from '../../src/gpio/onoff-package.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { gpioContract } from '../contract/gpio.ts';
import { lockContract } from '../contract/lock.ts';
import { needs } from '../support/require.ts';
import { addChip, exportLine, gpioOn, makeSysfs } from './support/fake-sysfs.ts';
import { simulatedLine } from './support/gpio-sim.ts';

const relay = { chipLabel: 'pinctrl-bcm2711', line: 17, activeLow: false, initial: false, consumer: 'limen-test' };

/** The driver's own logic on plain files; the real onoff on plain files is below, on real lines in test:hil. */
gpioContract(test, { driver: 'onoff, file-backed line' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
  makeSysfs(root);
  const valueFile = exportLine(root, 529, '0');
  return {
    spec: { chipLabel: relay.chipLabel, line: relay.line },
    open: () => openGpio({ sysfsRoot: root, loadGpio: async () => gpioOn(root) }),
    seen: () => (readFileSync(valueFile, 'utf8').startsWith('1') ? 1 : 0),
    pull: (level) => writeFileSync(valueFile, `${level}\n`, { flag: 'r+' }),
    missing: [
      { chipLabel: relay.chipLabel, line: 58 },
      { chipLabel: 'no-such-chip', line: 1 },
    ],
    remove: () => rmSync(root, { recursive: true }),
  };
});

gpioContract(test.serial, { driver: 'onoff, real line', canBeKeptOut: true }, (t) => {
  if (!needs(t, 'gpio') || !needs(t, 'onoff')) return null;
  const line = simulatedLine(t, 3);
  if (line === null) return null;
  return {
    ...line,
    open: () => openGpio({}),
    missing: [
      { chipLabel: line.spec.chipLabel, line: 99 },
      { chipLabel: 'no-such-chip', line: 1 },
    ],
    hold: async () => {
      const other = await openGpiochip({});
      await other.openOutput({ ...line.spec, activeLow: false, initial: false, consumer: 'somebody' });
      return () => other.close();
    },
    remove: () => line.unexport(),
  };
});

lockContract(test.serial, { driver: 'onoff, real line' }, (t) => {
  if (!needs(t, 'gpio') || !needs(t, 'onoff')) return null;
  const line = simulatedLine(t, 4);
  if (line === null) return null;
  const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
  // Exported, the line stays as it is driven whoever lives: it is driven through sysfs, as a killed process leaves it.
  const drive = (level: Level) =>
    existsSync(line.sysfsValue()) ? writeFileSync(line.sysfsValue(), `${level}`) : line.pull(level);
  return {
    lock: {
      driver: siblingModule(import.meta.url, '../../src/gpio/onoff').href,
      driverOptions: {},
      restFile: join(root, 'lock.rest'),
    },
    line: line.spec,
    seen: line.seen,
    pull: drive,
    drive,
    remove: () => {
      line.unexport();
      rmSync(root, { recursive: true });
    },
  };
});

test('the line is the chip’s base plus the offset, and the name says so', async (t) => {
  const { root, open } = bench(t);
  const output = await open({ line: 17 });
  t.is(output.name, 'onoff pinctrl-bcm2711 line 17 (gpio 529), active high');
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
  const gpio = await openGpio({ sysfsRoot: '/nonexistent/gpio', loadGpio: async () => gpioOn('/nonexistent/gpio') });
  const error = await t.throwsAsync(gpio.openOutput(relay), { instanceOf: LimenError });
  t.is(error.code, 'door.line-missing');
  t.regex(error.hint ?? '', /CONFIG_GPIO_SYSFS/);
});

const kernelErrors = {
  EINVAL: ['door.line-missing', /limen doctor/],
  EBUSY: ['door.line-busy', /limen doctor/],
  EACCES: ['door.denied', /group "gpio"/],
  EROFS: ['door.denied', /ReadWritePaths/],
  ENODEV: ['door.fault', /plug it in/],
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
  const output = await open(
    {},
    class extends Line {
      constructor(
        gpio: number,
        direction: 'low' | 'high' | 'in',
        ...options: [{ activeLow: boolean }] | ['both', { activeLow: boolean }]
      ) {
        tries += 1;
        if (tries < 3) throw systemError('EACCES');
        super(gpio, direction, ...options);
      }
    },
  );
  t.is(tries, 3);
  t.false(output.read());
});

test('a line that does not go where it is driven is a fault', async (t) => {
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
  t.is(await t.throwsAsync(openGpio({ sysfsRoot: root, loadGpio: () => Promise.reject(missing) })), missing);
});

test('a resistor inside the chip cannot be had through sysfs, and that is said', async (t) => {
  const { root } = bench(t);
  const gpio = await openGpio({ sysfsRoot: root, loadGpio: async () => gpioOn(root) });
  const listener = { onEdge: () => {}, onError: () => {} };
  const error = await t.throwsAsync(gpio.openInput({ ...relay, bias: 'pull-up' }, listener), {
    instanceOf: LimenError,
  });
  t.is(error.code, 'config.invalid');
  t.regex(error.hint ?? '', /gpiochip/);
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
    read: [false, true, false],
    afterClose: '1',
    unknownLine: 'door.denied',
  });
});

function bench(t: ExecutionContext) {
  const root = mkdtempSync(join(tmpdir(), 'limen-gpio-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  makeSysfs(root);
  exportLine(root, 529, '1');
  const open = async (changes: Partial<typeof relay> = {}, Line: SysfsLineConstructor = gpioOn(root)) => {
    const gpio = await openGpio({ sysfsRoot: root, loadGpio: async () => Line });
    return gpio.openOutput({ ...relay, ...changes });
  };
  return { root, open };
}

function refusing(code: string): SysfsLineConstructor {
  return class {
    constructor() {
      throw systemError(code);
    }
  } as unknown as SysfsLineConstructor;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}
