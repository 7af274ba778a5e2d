import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { needs } from '../support/require.ts';

const source = join(packageRoot(), 'systemd');
const script = join(source, 'install.sh');

/** Run the real script on a folder of its own. Says what it printed, and its status. */
function bench(t: ExecutionContext) {
  const root = mkdtempSync(join(tmpdir(), 'limen-install-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const run = (...options: string[]) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', [script, ...options, '--root', root], { encoding: 'utf8' });
    return { status, stdout, stderr, said: stdout + stderr };
  };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  return { root, run, write };
}

/** Every path below `folder` with its kind, mode and content: what "changes nothing" is judged by. */
function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const at = join(folder, path);
      const entry = lstatSync(at);
      return `${path} ${entry.mode.toString(8)} ${entry.isFile() ? readFileSync(at, 'utf8') : ''}`;
    });
}

const paths = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();

/** A root with accounts of its own, where users are really made. */
function withAccounts(write: (path: string, text: string) => void): void {
  write('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  write('etc/group', 'root:x:0:\nvideo:x:44:\n');
}

function mayMakeUsers(t: ExecutionContext): boolean {
  if (!needs(t, 'systemd')) return false;
  if (process.getuid?.() === 0) return true;
  t.log('skipped: only root makes users');
  t.pass();
  return false;
}

test('a terminal is installed: every file of systemd/ but those of hub and screen, as it is, and the folders', (t) => {
  const { root, run } = bench(t);
  const { status, said } = run();
  t.is(status, 0, said);
  const places = new Map(paths(root).map((path) => [path.split('/').at(-1)!, path]));
  for (const name of readdirSync(source)) {
    const placed = name.replace(/\.(sysusers|tmpfiles)$/, '.conf');
    if (name === 'install.sh' || /^limen-(hub|kiosk)\./.test(name)) {
      t.false(places.has(placed), name);
      continue;
    }
    t.true(places.has(placed), `${name} is not in the table of install.sh`);
    t.true(said.includes(`installed /${places.get(placed)}`), `${name} is not named`);
  }
  for (const name of readdirSync(source).filter((name) => /\.(service|rules)$|^limen-rest$/.test(name))) {
    const place = places.get(name);
    if (place === undefined) continue;
    t.is(readFileSync(join(root, place), 'utf8'), readFileSync(join(source, name), 'utf8'), name);
  }
  t.is(statSync(join(root, 'usr/lib/limen/limen-rest')).mode & 0o777, 0o755);
  t.is(statSync(join(root, 'etc/limen/keys')).mode & 0o777, 0o700);
});

for (const options of [[], ['--hub'], ['--kiosk'], ['--terminal', '--hub', '--kiosk']]) {
  test(`installing twice changes nothing: ${options.join(' ') || 'no option'}`, (t) => {
    const { root, run } = bench(t);
    t.is(run(...options).status, 0);
    const before = tree(root);
    const { status, stdout } = run(...options);
    t.is(status, 0);
    t.is(stdout, 'nothing to do: limen is installed as it should be\n');
    t.deepEqual(tree(root), before);
  });
}

test('a hub alone gets no lock, no udev rule and no terminal; a later run without options keeps what there is', (t) => {
  const { root, run } = bench(t);
  t.is(run('--hub').status, 0);
  const units = paths(root).filter((path) => /\.(service|rules)$|limen-rest$/.test(path));
  t.deepEqual(units, ['usr/lib/systemd/system/limen-hub.service']);
  t.regex(run().stdout, /nothing to do/);
  t.is(run('--terminal').status, 0);
  t.true(existsSync(join(root, 'usr/lib/systemd/system/limen.service')));
  t.true(existsSync(join(root, 'usr/lib/systemd/system/limen-hub.service')));
});

test('the screen is its unit and its user, and nothing of a terminal', (t) => {
  const { root, run } = bench(t);
  const { said } = run('--kiosk');
  const own = ['usr/lib/systemd/system/limen-kiosk.service', 'usr/lib/sysusers.d/limen-kiosk.conf'];
  for (const place of own) t.true(existsSync(join(root, place)), said);
  const units = paths(root).filter((path) => /\.(service|rules)$|limen-rest$/.test(path));
  t.deepEqual(units, own.slice(0, 1));
});

test('a file that somebody changed is put back, and said; nothing else is touched', (t) => {
  const { root, run, write } = bench(t);
  run();
  const before = tree(root);
  write('usr/lib/systemd/system/limen.service', '[Service]\nExecStart=/bin/true\n');
  const { stdout } = run();
  t.is(stdout.split('\n').filter((line) => line.startsWith('installed ')).length, 1);
  t.deepEqual(tree(root), before);
});

test('a file that an earlier version had installed and this one has not is removed', (t) => {
  const { root, run, write } = bench(t);
  run();
  const before = tree(root);
  const book = join(root, 'etc/limen/.installed');
  write('usr/lib/systemd/system/limen-old.service', '[Service]\n');
  writeFileSync(book, `${readFileSync(book, 'utf8')}file /usr/lib/systemd/system/limen-old.service\n`);
  t.regex(run().stdout, /removed \/usr\/lib\/systemd\/system\/limen-old\.service/);
  t.deepEqual(tree(root), before);
});

test('uninstalling removes exactly what was installed; configuration and data stay, and go with --purge', (t) => {
  const { root, run, write } = bench(t);
  write('usr/lib/systemd/system/other.service', '[Service]\n');
  write('usr/lib/udev/rules.d/99-com.rules', '# somebody else\n');
  const before = tree(root);
  t.is(run('--terminal', '--hub').status, 0);
  write('etc/limen/limen.yaml', 'site: hq\n');
  write('etc/limen/keys/site-key.json', '{}\n');
  write('var/lib/limen/journal.db', 'rows\n');
  t.is(run('--uninstall').status, 0);
  t.deepEqual(paths(root), [
    'etc/limen/.installed',
    'etc/limen/keys/site-key.json',
    'etc/limen/limen.yaml',
    'usr/lib/systemd/system/other.service',
    'usr/lib/udev/rules.d/99-com.rules',
    'var/lib/limen/journal.db',
  ]);
  const left = tree(root);
  t.regex(run('--uninstall').stdout, /nothing to do/);
  t.deepEqual(tree(root), left);
  t.is(run('--uninstall', '--purge').status, 0);
  rmSync(join(root, 'var'), { recursive: true }); // made by this test, not by the script
  t.deepEqual(tree(root), before);
});

for (const [what, path] of [
  ['before the first file is in place', 'usr/lib/udev'],
  ['after all files are in place', 'etc/limen'],
] as const) {
  test(`an install that fails ${what} leaves everything as it was`, (t) => {
    const { root, run, write } = bench(t);
    write(path, 'a file where a folder has to be\n');
    const before = tree(root);
    const { status, stderr } = run('--terminal', '--hub');
    t.is(status, 1);
    t.regex(stderr, /nothing was changed/);
    t.deepEqual(tree(root), before);
  });
}

test('an upgrade that fails puts the earlier version back', (t) => {
  const { root, run, write } = bench(t);
  run();
  write('usr/lib/systemd/system/limen.service', '# the earlier version\n');
  rmSync(join(root, 'etc/limen/keys'), { recursive: true });
  write('etc/limen/keys', 'a file where a folder has to be\n');
  const before = tree(root);
  t.is(run().status, 1);
  t.deepEqual(tree(root), before);
});

test('what a killed run left behind is cleared away, and never comes back', (t) => {
  const { root, run, write } = bench(t);
  run();
  const before = tree(root);
  for (const end of ['old', 'new']) write(`usr/lib/systemd/system/limen.service.limen-${end}`, '# half a file\n');
  t.is(run().status, 0);
  t.deepEqual(tree(root), before);
});

test('a folder where a file has to be is named, and nothing is done', (t) => {
  const { root, run } = bench(t);
  mkdirSync(join(root, 'usr/lib/systemd/system/limen.service'), { recursive: true });
  const before = tree(root);
  const { status, stderr } = run();
  t.is(status, 1);
  t.regex(stderr, /limen\.service is a folder/);
  t.deepEqual(tree(root), before);
});

test('users and groups are really made in a root with accounts, once, and removed again', (t) => {
  if (!mayMakeUsers(t)) return;
  const { root, run, write } = bench(t);
  withAccounts(write);
  const { status, said } = run('--terminal', '--hub');
  t.is(status, 0, said);
  const accounts = (file: string) => readFileSync(join(root, 'etc', file), 'utf8');
  for (const [, user] of readFileSync(join(source, 'limen.sysusers'), 'utf8').matchAll(/^u\s+(\S+)/gm))
    t.regex(accounts('passwd'), new RegExp(`^${user}:.*:/usr/sbin/nologin$`, 'm'));
  for (const [, user, group] of readFileSync(join(source, 'limen.sysusers'), 'utf8').matchAll(/^m\s+(\S+)\s+(\S+)/gm))
    t.regex(accounts('group'), new RegExp(`^${group}:.*[:,]${user}(,|$)`, 'm'));

  const before = tree(root);
  t.regex(run().stdout, /^nothing to do/);
  t.deepEqual(tree(root), before);

  mkdirSync(join(root, 'var/lib/limen'), { recursive: true });
  t.regex(run('--uninstall').stdout, /user limen stays: it owns \/var\/lib\/limen/);
  t.regex(accounts('passwd'), /^limen:/m);
  t.notRegex(accounts('passwd'), /^limen-hub:/m);

  t.is(run('--uninstall', '--purge').status, 0);
  t.is(accounts('passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  t.is(accounts('group'), 'root:x:0:\nvideo:x:44:\n', 'the group "video" was there before, and stays');
});

test('a group that has got other members since then stays', (t) => {
  if (!mayMakeUsers(t)) return;
  const { root, run, write } = bench(t);
  withAccounts(write);
  run();
  const groups = join(root, 'etc/group');
  writeFileSync(groups, readFileSync(groups, 'utf8').replace(/^(gpio:.*)$/m, '$1,root'));
  t.regex(run('--uninstall', '--purge').stdout, /group gpio stays: it has members/);
  t.regex(readFileSync(groups, 'utf8'), /^gpio:.*:root$/m);
});

/** The whole machine as it is, over which everything that is written is thrown away afterwards. Needs root. */
const throwawayMachine = `set -e
mount -t tmpfs none "$1" && cd "$1" && mkdir upper work machine
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work machine || exit 77
mount --bind /dev machine/dev && mount -t proc none machine/proc
cp -r "$2" machine/opt/limen-systemd && mkdir -p machine/run/systemd/system machine/opt/stubs
for tool in systemctl systemd-tmpfiles udevadm; do
  printf '#!/bin/sh\n[ "$1" != is-active ] || exit 1\necho "told: %s $*" >>/opt/told\n' "$tool" >machine/opt/stubs/$tool
  chmod 755 machine/opt/stubs/$tool
done
cat >machine/opt/journey
exec chroot machine /bin/sh /opt/journey`;

test('on the machine itself: users, rights, units; systemd and udev are told; and it all goes away again', (t) => {
  if (!mayMakeUsers(t) || !needs(t, 'mount-namespace')) return;
  const folder = mkdtempSync(join(tmpdir(), 'limen-machine-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--mount', '/bin/sh', '-c', throwawayMachine, 'sh', folder, source],
    {
      encoding: 'utf8',
      input: `export PATH=/opt/stubs:$PATH
cat /etc/passwd /etc/group >/opt/before
sh /opt/limen-systemd/install.sh --terminal --hub; cat /opt/told; : >/opt/told
echo "= twice"; sh /opt/limen-systemd/install.sh; cat /opt/told
id limen; stat -c '%a %U %n' /etc/limen/keys
echo "= away"; mkdir -p /var/lib/limen; sh /opt/limen-systemd/install.sh --uninstall --purge; cat /opt/told
cat /etc/passwd /etc/group >/opt/after
cmp /opt/before /opt/after && ls -d /etc/limen* /usr/lib/limen* /var/lib/limen* /usr/lib/systemd/system/limen* 2>/dev/null || echo "= nothing is left"
`,
    },
  );
  if (status === 77) {
    t.log('skipped: this machine mounts no overlay');
    return t.pass();
  }
  t.is(status, 0, stderr);
  const [installed = '', twice = '', away = '', left] = stdout.split(/^= .*$/m);
  t.regex(installed, /^told: systemctl daemon-reload$/m);
  t.regex(installed, /^told: udevadm trigger --subsystem-match=gpio --action=add$/m);
  t.regex(installed, /^next: write \/etc\/limen\/limen\.yaml, then: systemctl enable --now limen$/m);
  t.regex(twice, /^nothing to do: .*\nuid=\d+\(limen\).*\(gpio\)/m);
  t.regex(twice, /^700 root \/etc\/limen\/keys$/m);
  t.notRegex(twice, /told:/);
  t.regex(away, /^told: systemctl disable --now limen\.service$/m);
  t.regex(away, /^removed \/var\/lib\/limen$/m);
  t.is(left, '\n', stdout + stderr);
});

test('the installed units verify in their root without a word about limen', (t) => {
  if (!needs(t, 'systemd')) return;
  const { root, run, write } = bench(t);
  run('--terminal', '--hub');
  const folder = 'usr/lib/systemd/system';
  cpSync(`/${folder}`, join(root, folder), { recursive: true, verbatimSymlinks: true, force: false });
  for (const tool of ['usr/bin/env', 'bin/sh', 'usr/bin/sh']) {
    write(tool, '#!/bin/true\n');
    chmodSync(join(root, tool), 0o755);
  }
  const units = readdirSync(join(root, folder)).filter((name) => name.startsWith('limen'));
  t.true(units.length >= 2);
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', `--root=${root}`, ...units], {
    encoding: 'utf8',
  });
  t.deepEqual(
    `${stdout}${stderr}`.split('\n').filter((line) => line.includes('limen')),
    [],
    `status ${status}`,
  );
});

for (const [what, options] of [
  ['an option that is none', ['--everything']],
  ['--purge without --uninstall', ['--purge']],
] as const) {
  test(`${what} is wrong usage: 64, and how it goes`, (t) => {
    const { root, run } = bench(t);
    const { status, stderr } = run(...options);
    t.is(status, 64);
    t.regex(stderr, /install\.sh --uninstall/);
    t.deepEqual(tree(root), []);
  });
}

test('shellcheck has nothing to say', (t) => {
  if (!needs(t, 'shellcheck')) return;
  const { status, stdout } = spawnSync('shellcheck', [script, join(source, 'limen-rest')], { encoding: 'utf8' });
  t.is(status, 0, stdout);
});
