import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { accountFileIn } from '../../src/door-console/account-file.ts';
import { limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);
const words = 'correct horse battery';

/** A terminal that works alone, started as a user would. */
function alone(t: ExecutionContext) {
  const site = new TestSite(folder());
  t.teardown(() => site.close());
  const start = (console: object) => {
    const camera = { driver: 'replay', folder: site.folder };
    const terminal = site.startTerminal({ provisioning: undefined, camera, console });
    let log = '';
    terminal.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    return { terminal, log: () => log };
  };
  return { site, start };
}

/** The address that it has logged. */
const urlIn = (log: string) => /"console: (\S+?)[" ]/.exec(log)?.[1];

async function answerTo<T>(url: string, init: RequestInit = {}): Promise<T> {
  return (await (await fetch(url, init)).json()) as T;
}

const json = { 'content-type': 'application/json', 'x-limen': '1' };

test('a terminal without a hub is set up with the code in its log, and its door obeys', async (t) => {
  const { site, start } = alone(t);
  const { terminal, log } = start({ port: 0 });
  await until(() => /setup code/.test(log()));
  const url = urlIn(log())!;
  const [, code] = /setup code ([\w-]+)/.exec(log()) ?? [];
  t.like(await answerTo<object>(`${url}/api/session`), {
    state: 'to-set-up',
    place: 'terminal',
    terminal: 'front-door',
  });
  const setUp = (body: object) =>
    fetch(`${url}/api/setup`, { method: 'POST', headers: json, body: JSON.stringify(body) });
  t.is((await setUp({ code: 'AAAA-AAAA', name: 'ada', password: words })).status, 403);
  const made = await setUp({ code, name: 'ada', password: words });
  t.is(made.status, 200, await made.clone().text());
  t.is((await setUp({ code, name: 'eve', password: words })).status, 409);
  const signedIn = { 'x-limen': '1', cookie: made.headers.get('set-cookie')!.split(';')[0]! };
  const headers = { ...json, ...signedIn };
  const { terminals } = await answerTo<{ terminals: object[] }>(`${url}/api/terminals`, { headers });
  const [seen] = terminals;
  t.like(seen, { id: 'front-door', provisionedAt: null, status: { door: 'locked' } });
  const asked = `${url}/api/terminals/front-door/diagnosis`;
  const { diagnosis } = await answerTo<{ diagnosis: { machineMemoryMb?: object } }>(asked, {
    ...{ method: 'POST', headers: signedIn },
  });
  t.truthy(diagnosis.machineMemoryMb);
  const told = await fetch(`${url}/api/terminals/front-door/commands`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ verb: 'unlock' }) },
  });
  t.like(await told.json(), { outcome: 'done' });
  t.is(site.level(), '1');
  terminal.kill('SIGTERM');
  await terminal;
  t.is(site.level(), '0');
  t.deepEqual(
    site.events('console.deed').map(({ body }) => body.action),
    ['account.added', 'session.begun', 'terminal.diagnosed', 'terminal.commanded'],
  );
});

test('a port that another program holds keeps nobody from the door, and is taken once it is free', async (t) => {
  const { site, start } = alone(t);
  const other = createServer().listen(0, '127.0.0.1');
  await until(() => other.listening);
  const { port } = other.address() as AddressInfo;
  const { log } = start({ port });
  await until(() => /no console: .*another program listens there.*Tried again within a minute/.test(log()));
  await site.event('terminal.started');
  await new Promise((closed) => other.close(closed));
  await until(() => urlIn(log()) !== undefined);
  t.is((await fetch(`http://127.0.0.1:${port}/api/session`)).status, 200);
  t.is(log().match(/another program listens there/g)?.length, 1, 'said once');
});

test('a damaged file of accounts lets nobody sign in, and the terminal works on; put right, the console comes', async (t) => {
  const { site, start } = alone(t);
  const { terminal, log } = start({ port: 0 });
  await until(() => urlIn(log()) !== undefined);
  terminal.kill('SIGTERM');
  await terminal;
  const file = accountFileIn(site.dataFolder);
  rmSync(`${file}-wal`, { force: true });
  writeFileSync(file, 'x'.repeat(20_000));
  const second = start({ port: 0 });
  await until(() => /no console: Who may sign in .*Move .*accounts.db away/.test(second.log()));
  await until(() => site.events('terminal.started').length === 2);
  t.is(urlIn(second.log()), undefined);
  t.is(readFileSync(file, 'utf8').length, 20_000, 'it stays for whoever looks into it');
  rmSync(file);
  await until(() => urlIn(second.log()) !== undefined);
  t.like(await answerTo<object>(`${urlIn(second.log())}/api/session`), { state: 'to-set-up' });
});

test('accounts are made on the command line beside the daemon, which writes it down', async (t) => {
  const { site, start } = alone(t);
  const never = await limen('console', 'account', 'list', '--config', site.writeConfig({ provisioning: undefined }));
  t.not(never.exitCode, 0);
  t.regex(never.stderr, /is not there yet/);
  const { terminal, log } = start({ port: 0 });
  await until(() => urlIn(log()) !== undefined);
  const secret = join(site.folder, 'password');
  writeFileSync(secret, words, { mode: 0o600 });
  const config = join(site.folder, 'terminal.yaml');
  const account = (...args: string[]) => limen('console', 'account', ...args, '--config', config);
  const first = await account('add', 'grace', '--password-file', secret);
  refuses(t, first, 65, 'account.administrator-first');
  const added = await account('add', 'ada', '--role', 'administrator', '--password-file', secret);
  t.is(added.stdout, 'ada can sign in as administrator.', added.stderr);
  await account('add', 'grace', '--password-file', secret);
  t.is((await account('role', 'grace', 'auditor')).stdout, 'grace is auditor from now on.');
  t.regex((await account('list')).stdout, /^ada +administrator .*\ngrace +auditor /);
  t.regex((await account('role', 'grace', 'root')).stderr, /root is no role/);
  t.regex((await account('role', 'ada', 'auditor')).stderr, /only administrator/);
  const body = JSON.stringify({ name: 'grace', password: words });
  const signedIn = await fetch(`${urlIn(log())}/api/session`, { method: 'POST', headers: json, body });
  t.like(await signedIn.json(), { state: 'signed-in', role: 'auditor' });
  terminal.kill('SIGTERM');
  await terminal;
  start({ port: 0 });
  const deeds = () => site.events('console.deed').map(({ body: { action, target } }) => `${action} ${target}`);
  await until(() => deeds().length === 4);
  t.deepEqual(deeds().toSorted(), [
    'account.added ada',
    'account.added grace',
    'account.role-set grace',
    'session.begun null',
  ]);
});

test('an account that is made on the command line while the terminal runs opens its console to the network', async (t) => {
  const { site, start } = alone(t);
  const { log } = start({ address: '0.0.0.0', port: 0 });
  await until(() => urlIn(log()) !== undefined);
  t.regex(urlIn(log())!, /^https:\/\/127\.0\.0\.1:/);
  const secret = join(site.folder, 'password');
  writeFileSync(secret, words, { mode: 0o600 });
  const config = join(site.folder, 'terminal.yaml');
  const flags = ['--role', 'administrator', '--password-file', secret, '--config', config];
  const added = await limen('console', 'account', 'add', 'ada', ...flags);
  t.is(added.stdout, 'ada can sign in as administrator.', added.stderr);
  await until(() => /"console: https:\/\/0\.0\.0\.0:\d+/.test(log()));
  await until(() => site.events('console.deed').length > 0);
  const { at, body } = site.events('console.deed')[0]!;
  t.like(body, { action: 'account.added', target: 'ada', detail: { role: 'administrator' } });
  t.true(String(body.detail.at) <= at, 'when it was done');
});
