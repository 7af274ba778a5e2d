import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { needs } from '../support/require.ts';

const unit = (name: string) => join(packageRoot(), 'systemd', name);
const run = (command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};

const mostExposed = { 'limen.service': 3, 'limen-hub.service': 3, 'limen-lock.service': 2.5 };
// A browser with a seat needs much that a service does not: it is held apart by its user, and by what it may reach.
for (const name of [...Object.keys(mostExposed), 'limen-kiosk.service']) {
  test(`${name} verifies without a word`, (t) => {
    if (!needs(t, 'systemd')) return;
    const { status, said } = run('systemd-analyze', 'verify', unit(name));
    // Settings newer than this machine's systemd would be warned about: none is used.
    t.is(
      said
        .split('\n')
        .filter((line) => line.includes(name) && !/cage is not executable/.test(line))
        .join('\n'),
      '',
    );
    // Whether cage is installed is the machine's business.
    if (name !== 'limen-kiosk.service') t.is(status, 0, said);
  });
}

for (const [name, exposure] of Object.entries(mostExposed)) {
  test(`${name} is exposed ${exposure.toFixed(1)} at most`, (t) => {
    if (!needs(t, 'systemd')) return;
    const { status, said } = run(
      'systemd-analyze',
      'security',
      '--offline=true',
      `--threshold=${exposure * 10}`,
      '--no-pager',
      unit(name),
    );
    t.is(status, 0, said);
  });
}

test('users, groups and folders are made as described', (t) => {
  if (!needs(t, 'systemd')) return;
  const root = mkdtempSync(join(tmpdir(), 'limen-root-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc'));
  const users = run('systemd-sysusers', `--root=${root}`, unit('limen.sysusers'));
  t.is(users.status, 0, users.said);
  const groups = readFileSync(join(root, 'etc/group'), 'utf8');
  t.regex(groups, /^gpio:.*[:,]limen(,|$)/m);
  t.regex(groups, /^video:.*\blimen$/m);
  t.regex(groups, /^gpio:.*\blimen-lock\b/m);
  t.regex(groups, /^limen-lock:.*:limen$/m, 'the daemon may use the socket of the lock process');
  const folders = run('systemd-tmpfiles', '--create', `--root=${root}`, unit('limen.tmpfiles'));
  t.is(folders.status, 0, folders.said);
});
