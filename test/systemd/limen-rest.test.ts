import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RestRecipe, writeRestFile } from '../../src/door/rest-file.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { addChip, makeSysfs } from '../gpio/support/fake-sysfs.ts';

function bench(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-rest-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const restFile = join(folder, 'lock.rest');
  const run = (path = `${folder}:/usr/bin:/bin`) =>
    spawnSync('/bin/sh', [join(packageRoot(), 'systemd/limen-rest')], {
      env: { PATH: path, RUNTIME_DIRECTORY: folder },
      encoding: 'utf8',
    });
  const tool = (name: string, script: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  return { folder, restFile, run, tool };
}

const gpio = (changes: Partial<Extract<RestRecipe, { kind: 'gpio' }>>): RestRecipe => ({
  kind: 'gpio',
  sysfs: '/nonexistent/gpio',
  label: 'pinctrl-bcm2711',
  line: 17,
  rest: 0,
  ...changes,
});

test('no rest file: limen never took a line, and that is fine', (t) => {
  const { status, stderr } = bench(t).run();
  t.is(status, 0);
  t.regex(stderr, /no lock was taken/);
});

for (const rest of [0, 1] as const) {
  test(`a file lock goes to its rest level ${rest}`, (t) => {
    const { folder, restFile, run } = bench(t);
    const path = join(folder, 'level');
    writeFileSync(path, rest === 0 ? '1' : '0');
    writeRestFile(restFile, { kind: 'file', path, rest });
    t.is(run().status, 0);
    t.is(readFileSync(path, 'utf8'), String(rest));
  });

  test(`a claimed sysfs line goes to its rest level ${rest}, direction and level at once`, (t) => {
    const { folder, restFile, run } = bench(t);
    makeSysfs(folder);
    const line = join(folder, 'gpio529');
    spawnSync('mkdir', [line]);
    for (const [name, text] of [
      ['value', rest === 0 ? '1' : '0'],
      ['direction', 'out'],
      ['active_low', '1'],
    ] as const)
      writeFileSync(join(line, name), `${text}\n`);
    writeRestFile(restFile, gpio({ sysfs: folder, rest }));
    t.is(run().status, 0);
    t.is(readFileSync(join(line, 'value'), 'utf8').trim(), String(rest));
    t.is(readFileSync(join(line, 'direction'), 'utf8').trim(), rest === 0 ? 'low' : 'high');
    t.is(readFileSync(join(line, 'active_low'), 'utf8').trim(), '0');
  });
}

for (const [version, expected] of [
  ['gpioset (libgpiod) v1.6.3', 'gpiochip1 17=1'],
  ['gpioset (libgpiod) v2.1.3', '-t0 -c gpiochip1 17=1'],
] as const) {
  test(`without sysfs, ${version} is asked, by the chip that carries the label`, (t) => {
    const { folder, restFile, run, tool } = bench(t);
    tool(
      'gpiodetect',
      'echo "gpiochip0 [raspberrypi-exp-gpio] (8 lines)"; echo "gpiochip1 [pinctrl-bcm2711] (58 lines)"',
    );
    tool('gpioset', `[ "$1" = --version ] && { echo "${version}"; exit; }; echo "$@" >${folder}/asked`);
    writeRestFile(restFile, gpio({ rest: 1 }));
    const { status, stderr } = run();
    t.is(status, 2, 'gpioset cannot be read back, so it is never called "at rest"');
    t.regex(stderr, /UNVERIFIED/);
    t.notRegex(stderr, /is at rest/);
    t.is(readFileSync(join(folder, 'asked'), 'utf8').trim(), expected);
  });
}

test('two chips with the same label are not guessed between', (t) => {
  const { folder, restFile, run } = bench(t);
  makeSysfs(folder);
  addChip(folder, { base: 600, label: 'pinctrl-bcm2711', lines: 58 });
  writeRestFile(restFile, gpio({ sysfs: folder }));
  t.is(run().status, 1);
  t.is(readFileSync(join(folder, 'export'), 'utf8'), '');
});

const failures: [string, string][] = [
  ['a line that nothing can drive', 'kind=gpio\nsysfs=/nonexistent\nlabel=nowhere\nline=1\nrest=0\n'],
  ['a line that is no number', 'kind=gpio\nsysfs=/sys\nlabel=a\nline=a[$(id)]\nrest=0\n'],
  ['an empty rest file', ''],
  ['a rest level that is none', 'kind=file\npath=/dev/null\nrest=2\n'],
  ['a kind that is none', 'kind=magic\nrest=0\n'],
  ['a file lock whose file is gone', 'kind=file\npath=/nonexistent/level\nrest=0\n'],
];
for (const [what, text] of failures) {
  test(`${what} is a failure, said aloud`, (t) => {
    const { restFile, run } = bench(t);
    writeFileSync(restFile, text);
    const { status, stderr } = run();
    t.is(status, 1);
    t.regex(stderr, /limen-rest: /);
  });
}

test('the rest file is data: nothing in it is executed', (t) => {
  const { folder, restFile, run } = bench(t);
  const trap = join(folder, 'trap');
  writeFileSync(restFile, `kind=file\npath=$(touch ${trap})\nrest=0\nx=\`touch ${trap}\`\n`);
  t.is(run().status, 1);
  t.false(existsSync(trap));
});
