import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

function terminalWith(door: object | undefined) {
  const root = folder();
  const config = join(root, 'limen.yaml');
  const camera = { driver: 'replay', folder: 'pictures' };
  const mode = door === undefined ? 'punch' : 'door';
  writeFileSync(config, stringify({ site: 'test', terminal: 'front-door', mode, dataFolder: 'data', camera, door }));
  return { root, config };
}

test('the settings are those of the configuration; in a file they are for the group as well', async (t) => {
  const { root, config } = terminalWith({
    ...{ driver: 'gpiochip', line: 17, activeLow: true, wiring: 'fail-safe', longestPulseMs: 7000 },
    ...{ lockProcess: 'service', lockSocket: '/run/limen-lock/lock.sock' },
  });
  const shown = await limen('lock', 'settings', '--config', config);
  t.is(shown.exitCode, 0, shown.stderr);
  const settings = JSON.parse(shown.stdout);
  t.like(settings, {
    socketPath: '/run/limen-lock/lock.sock',
    restFile: '/run/limen-lock/lock.rest',
    runsAs: 'service',
    longestPulseMs: 7000,
    longestHoldMs: 0,
  });
  t.like(settings.lock, { wiring: 'fail-safe', line: { chipLabel: 'pinctrl-bcm2711', line: 17, activeLow: true } });
  t.regex(settings.lock.driver, /^file:.*\/gpio\/gpiochip\.js$/);

  const out = join(root, 'settings.json');
  writeFileSync(out, 'what was there before', { mode: 0o600 });
  const written = await limen('lock', 'settings', '--config', config, '--out', out);
  t.is(written.exitCode, 0, written.stderr);
  t.is(statSync(out).mode & 0o777, 0o640);
  t.deepEqual(JSON.parse(readFileSync(out, 'utf8')), settings);
});

test('a simulated lock of the service has its level where the service may write', async (t) => {
  const { config } = terminalWith({ driver: 'simulated', lockProcess: 'service', lockSocket: '/run/elsewhere/l.sock' });
  const { stdout } = await limen('lock', 'settings', '--config', config);
  t.like(JSON.parse(stdout).lock.driverOptions.files, {
    'pinctrl-bcm2711-0': '/run/elsewhere/simulated-lock.level',
  });
});

test('a lock that is no service, no door, no such file: one sentence and 78, and nothing is written', async (t) => {
  for (const door of [{ driver: 'simulated' }, undefined]) {
    const { root, config } = terminalWith(door);
    const out = join(root, 'settings.json');
    refuses(t, await limen('lock', 'settings', '--config', config, '--out', out), 78, 'config.invalid');
    t.throws(() => statSync(out), { code: 'ENOENT' });
  }
  refuses(t, await limen('lock', 'settings', '--config', '/nowhere/limen.yaml'), 78, 'config.unreadable');
});

test('a socket path that no socket can have is refused by name', async (t) => {
  for (const lockSocket of ['lock.sock', `/${'x'.repeat(103)}`]) {
    const { config } = terminalWith({ driver: 'simulated', lockProcess: 'service', lockSocket });
    const ended = await limen('lock', 'settings', '--config', config);
    t.is(ended.exitCode, 78);
    t.regex(ended.stderr, /door\.lockSocket/);
  }
});
