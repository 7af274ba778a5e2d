import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { accountFileIn, openAccountFile } from '../../src/door-console/account-file.ts';
import { limenFile, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const daemon = 65_534;
const another = 65_533;

/** Whether somebody else can be had here. */
function isRoot(t: ExecutionContext): boolean {
  if (process.getuid?.() === 0) return true;
  t.log('skipped: only root can be somebody else');
  t.pass();
  return false;
}

/** The data folder of a daemon that runs as a user of its own, and the command as any user. */
function ofAnotherUser() {
  const here = folder();
  chmodSync(here, 0o755);
  const dataFolder = join(here, 'data');
  mkdirSync(dataFolder, { mode: 0o700 });
  chownSync(dataFolder, daemon, daemon);
  const config = join(here, 'terminal.yaml');
  const settings = { site: 'plant', terminal: 'front-door', dataFolder, door: { driver: 'simulated' } };
  writeFileSync(config, stringify({ ...settings, camera: { driver: 'replay', folder: here } }));
  const account = async (uid: number, ...args: string[]) => {
    const command = [limenFile, 'console', 'account', ...args, '--config', config];
    const { exitCode, stdout, stderr } = await execa(process.execPath, command, {
      ...{ uid, gid: uid, cwd: '/', input: 'correct horse battery\n', reject: false },
      env: { NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    return { exitCode, stdout, stderr };
  };
  return { dataFolder, account };
}

const firstAccount = ['add', 'ada', '--role', 'administrator', '--password-file', '-'];

test('what root makes for a daemon that was started before belongs to the user of the daemon, who works with it', async (t) => {
  if (!isRoot(t)) return;
  const { dataFolder, account } = ofAnotherUser();
  const added = await account(0, ...firstAccount);
  t.is(added.stdout, 'ada can sign in as administrator.', added.stderr);
  const made = dirname(accountFileIn(dataFolder));
  for (const name of ['.', ...readdirSync(made)]) t.is(statSync(join(made, name)).uid, daemon, name);
  const disabled = await account(daemon, 'add', 'bob', '--password-file', '-');
  t.is(disabled.stdout, 'bob can sign in as operator.', disabled.stderr);
});

test('while root has the file open, the user of the daemon may write beside it', async (t) => {
  if (!isRoot(t)) return;
  const { dataFolder } = ofAnotherUser();
  const { close } = await openAccountFile(accountFileIn(dataFolder));
  const made = dirname(accountFileIn(dataFolder));
  t.true(readdirSync(made).length > 1, 'the log of SQLite is there as well');
  for (const name of readdirSync(made)) t.is(statSync(join(made, name)).uid, daemon, name);
  await close();
});

test('any other user is refused, and nothing is made', async (t) => {
  if (!isRoot(t)) return;
  const { dataFolder, account } = ofAnotherUser();
  const refused = await account(another, ...firstAccount);
  refuses(t, refused, 66, 'file.unreadable');
  t.regex(refused.stderr, /belongs to user number 65534; this is number 65533\./);
  t.regex(refused.stderr, /mend: .* sudo/);
  t.deepEqual(readdirSync(dataFolder), []);
});
