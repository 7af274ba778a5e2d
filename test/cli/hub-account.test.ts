import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { hubConfigSchema } from '../../src/config/schema.ts';
import { auditBook } from '../../src/console/audit.ts';
import { sessionBook } from '../../src/console/sessions.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { type AccountBooks, withAccountBooks } from '../../src/hub-accounts.ts';
import { hubBooks } from '../../src/hub-books.ts';
import { hubKeyFile } from '../../src/hub-folder.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { sessionOf } from '../console/support/session-of.ts';
import { limen, limenFile, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const words = 'correct horse battery';

/** The commands of a hub that was set up, and its books beside them. */
async function setUp() {
  const here = folder();
  const file = join(here, 'hub.yaml');
  const settings = { site: 'test', dataFolder: join(here, 'hub'), broker: { url: 'mqtt://127.0.0.1' } };
  writeFileSync(file, stringify(settings));
  const { exitCode, stderr } = await limen('hub', 'init', '--config', file);
  if (exitCode !== 0) throw new Error(stderr);
  const config = hubConfigSchema.parse(settings);
  const secret = (text: string) => {
    const path = join(here, `secret-${text.length}-${text.charCodeAt(0)}`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    config,
    secret,
    account: (...args: string[]) => limen('hub', 'account', ...args, '--config', file),
    /** With the password on standard input. */
    piped: async (input: string, ...args: string[]) => {
      const options = { reject: false, input, env: { NO_COLOR: '1', FORCE_COLOR: undefined } } as const;
      const command = [limenFile, 'hub', 'account', ...args, '--password-file', '-', '--config', file];
      const { exitCode, stdout, stderr } = await execa(process.execPath, command, options);
      return { exitCode, stdout, stderr };
    },
    books: <T>(work: (books: AccountBooks) => Promise<T>) => withAccountBooks(config, work),
  };
}

test('somebody is added, listed, given another password, removed; each is written down, and signs them out', async (t) => {
  const { config, secret, account, piped, books } = await setUp();
  t.regex((await account('list')).stdout, /^Nobody can sign in yet/);
  refuses(t, await piped(words, 'add', 'grace'), 65, 'account.administrator-first');
  t.deepEqual(await books(({ accounts }) => accounts.list()), []);

  const added = await account('add', 'ada', '--role', 'administrator', '--password-file', secret(words));
  t.is(added.stdout, 'ada can sign in as administrator.', added.stderr);
  const second = await piped(`${words}\n`, 'add', 'grace');
  t.is(second.stdout, 'grace can sign in as operator.', second.stderr);
  t.deepEqual(
    JSON.parse((await account('list', '--json')).stdout).map(({ name, role }: Record<string, string>) => [name, role]),
    [
      ['ada', 'administrator'],
      ['grace', 'operator'],
    ],
  );
  t.regex((await account('list')).stdout, /^ada +administrator +since \d{4}-\d\d-\d\d\ngrace +operator/);
  // The line's end is no part of a password.
  t.is((await books(({ accounts }) => accounts.proven('grace', words)))?.role, 'operator');

  const store = await openHubStore(hubBooks(config));
  t.teardown(() => store.close());
  const sessions = sessionBook(store.db, { clock: systemClock });
  const token = await books(({ accounts }) => sessionOf({ accounts, sessions }, 'grace', words));
  t.is((await sessions.who(token))?.name, 'grace');
  const changed = await piped('another battery', 'password', 'grace');
  t.is(changed.stdout, 'grace has a new password.', changed.stderr);
  t.is(await sessions.who(token), null);
  await books(async ({ accounts }) => {
    t.is(await accounts.proven('grace', words), null);
    t.is((await accounts.proven('grace', 'another battery'))?.name, 'grace');
  });

  const again = await books(({ accounts }) => sessionOf({ accounts, sessions }, 'grace', 'another battery'));
  const disabled = await account('disable', 'grace');
  t.is(disabled.stdout, 'grace cannot sign in until they are enabled again.', disabled.stderr);
  t.is(await sessions.who(again), null);
  t.is(await books(({ accounts }) => accounts.proven('grace', 'another battery')), null);
  t.regex((await account('list')).stdout, /\ngrace +operator +since \S+ +disabled \d{4}-\d\d-\d\d$/);
  const enabled = await account('enable', 'grace');
  t.is(enabled.stdout, 'grace can sign in again.', enabled.stderr);
  t.is((await books(({ accounts }) => accounts.proven('grace', 'another battery')))?.name, 'grace');

  const removed = await account('remove', 'grace');
  t.is(removed.stdout, 'grace cannot sign in any more.', removed.stderr);
  t.is(await books(({ accounts }) => accounts.proven('grace', 'another battery')), null);
  const keys = await openHubKeyring(hubKeyFile(config.dataFolder));
  const entries = await auditBook({ db: store.db, keys, clock: systemClock }).entries();
  t.deepEqual(
    entries.map(({ action, target }) => [action, target]),
    [
      ['account.removed', 'grace'],
      ['account.enabled', 'grace'],
      ['account.disabled', 'grace'],
      ['account.password-set', 'grace'],
      ['account.added', 'grace'],
      ['account.added', 'ada'],
    ],
  );
  t.true(entries.every(({ account: by }) => by.endsWith('(command line)')));
  t.false(JSON.stringify(entries).includes('battery'));
});

test('what cannot be done is refused in one sentence, and changes nothing', async (t) => {
  const { secret, account, piped, books } = await setUp();
  await account('add', 'ada', '--role', 'administrator', '--password-file', secret(words));
  const before = await books(({ accounts }) => accounts.list());

  refuses(t, await account('remove', 'ada'), 65, 'account.last-administrator');
  refuses(t, await account('add', 'ada', '--password-file', secret(words)), 65, 'account.exists');
  refuses(t, await account('add', 'two words', '--password-file', secret(words)), 64, 'usage.invalid');
  refuses(t, await account('add', 'eve', '--role', 'root', '--password-file', secret(words)), 64, 'usage.invalid');
  refuses(t, await account('disable', 'ada'), 65, 'account.last-administrator');
  refuses(t, await account('remove', 'eve'), 65, 'account.unknown');
  refuses(t, await account('disable', 'eve'), 65, 'account.unknown');
  refuses(t, await account('enable', 'eve'), 65, 'account.unknown');
  refuses(t, await account('password', 'eve', '--password-file', secret(words)), 65, 'account.unknown');
  refuses(t, await piped('short', 'password', 'ada'), 64, 'account.password-weak');
  refuses(t, await piped('', 'add', 'eve'), 64, 'account.password-weak');
  const exposed = secret('a battery that anybody can read');
  chmodSync(exposed, 0o644);
  refuses(t, await account('add', 'eve', '--password-file', exposed), 78, 'config.secret-exposed');

  t.deepEqual(await books(({ accounts }) => accounts.list()), before);
  t.is((await books(({ accounts }) => accounts.proven('ada', words)))?.name, 'ada');
});

test('a hub without keys has no accounts either', async (t) => {
  const here = folder();
  const file = join(here, 'hub.yaml');
  writeFileSync(file, stringify({ site: 'test', dataFolder: join(here, 'hub'), broker: { url: 'mqtt://127.0.0.1' } }));
  refuses(t, await limen('hub', 'account', 'list', '--config', file), 78, 'key.missing');
});
