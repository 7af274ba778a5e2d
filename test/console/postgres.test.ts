import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { booksAreThere } from '../../src/hub/database.ts';
import { hubKeyFile } from '../../src/hub-folder.ts';
import { limen, refuses } from '../support/command-line.ts';
import { HubProcess } from '../support/hub-process.ts';
import { postgresFor, type TestPostgres } from '../support/postgres.ts';
import { freePort, temporaryFolder, until } from '../support/sync.ts';

const serverOf = postgresFor(test);
const account = { name: 'ada', password: 'correct horse battery' };

/** A hub with a console and books in PostgreSQL, not set up yet. */
async function configured(t: ExecutionContext, server: TestPostgres) {
  const [books, folder, port] = [await server.database(), await temporaryFolder(t), await freePort()];
  const secret = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const file = join(folder, 'hub.yaml');
  const dataFolder = join(folder, 'hub');
  const config = {
    ...{ site: 'plant', dataFolder, log: { format: 'json' }, console: { port: 0 } },
    broker: { url: `mqtt://127.0.0.1:${port}`, embedded: { port } },
    store: { driver: 'postgres', url: books.url, passwordFile: secret('database', books.password!) },
  };
  writeFileSync(file, stringify(config));
  const run = async (name: string) => {
    const hub = new HubProcess(t, name, file);
    const urlIn = () => hub.lines.map(({ msg }) => /^console: (http\S+)/.exec(msg)?.[1]).find(Boolean);
    await until(() => {
      if (!hub.running) throw new Error(hub.lines.map(({ msg }) => msg).join('\n'));
      return urlIn() !== undefined;
    });
    const codeIn = () => hub.lines.map(({ msg }) => /setup code ([\w-]+)/.exec(msg)?.[1]).find(Boolean);
    return { hub, url: urlIn()!, codeIn };
  };
  return { books, file, dataFolder, secret, run };
}

const post = (url: string, body: object) =>
  fetch(url, {
    method: 'POST',
    headers: { 'x-limen': '1', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('on PostgreSQL: an account of the command line signs in, and stays signed in over a restart of the hub', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const { file, secret, run } = await configured(t, server);
  t.is((await limen('hub', 'init', '--config', file)).exitCode, 0);
  const said = ['--role', 'administrator', '--password-file', secret('password', account.password)];
  const added = await limen('hub', 'account', 'add', account.name, ...said, '--config', file);
  t.is(added.exitCode, 0, added.stderr);

  const first = await run('first');
  t.is((await post(`${first.url}/api/session`, { ...account, password: 'wrong wrong wrong' })).status, 401);
  const signedIn = await post(`${first.url}/api/session`, account);
  t.is(signedIn.status, 200);
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  await first.hub.kill();
  const second = await run('second');
  const terminals = await fetch(`${second.url}/api/terminals`, { headers: { cookie } });
  t.deepEqual(await terminals.json(), { terminals: [] });
  refuses(t, await limen('hub', 'account', 'remove', account.name, '--config', file), 65, 'account.last-administrator');
});

test('on an empty PostgreSQL database the first start makes keys and books; books whose keys are gone are no first start', async (t) => {
  const server = await serverOf(t);
  if (server === null) return;
  const { books, file, dataFolder, run } = await configured(t, server);
  const { hub, url, codeIn } = await run('fresh');
  await until(() => codeIn() !== undefined);
  t.like(await (await fetch(`${url}/api/session`)).json(), { state: 'to-set-up' });
  t.false(await booksAreThere(books), 'looking makes none');
  const made = await post(`${url}/api/setup`, { ...account, code: codeIn() });
  t.is(made.status, 200, await made.text());
  t.true(await booksAreThere(books));
  t.is((await post(`${url}/api/session`, account)).status, 200);
  await hub.kill();

  rmSync(hubKeyFile(dataFolder));
  refuses(t, await limen('hub', 'run', '--config', file), 78, 'key.missing');
});
