import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Settings } from '../../src/console/answers/settings.ts';
import { temporaryFolder } from '../support/sync.ts';
import { startConsole } from './support/console.ts';

const text = `# Ask Ada first.
site: plant
dataFolder: hub # on the good disk
broker: { url: "mqtt://127.0.0.1:1883" }
`;

/** A console whose hub was started from a file. */
async function started(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'hub.yaml');
  await writeFile(file, text, { mode: 0o640 });
  const console = await startConsole(t, { configFile: file });
  const ask = (
    method: 'GET' | 'PUT',
    payload?: object,
    role: 'administrator' | 'operator' | 'auditor' = 'administrator',
  ) => console.server.inject({ method, url: '/api/settings', headers: console.as[role], ...(payload && { payload }) });
  const read = async () => (await ask('GET')).json() as Settings;
  const settingOf = ({ settings }: Settings, name: string) => settings.find(({ key }) => key === name);
  return { ...console, folder, file, ask, read, settingOf };
}

test('an administrator changes what may be changed: the file keeps its comments, its mode and a copy; the next start goes by it', async (t) => {
  const { file, folder, ask, read, settingOf, desk } = await started(t);
  const before = await read();
  t.true(before.file?.isWritable);
  t.like(settingOf(before, 'log.level'), { inForce: 'info', inFile: null, standard: 'info' });
  const changes = { 'log.level': 'warn', 'gallery.validDays': 14 };
  const said = await ask('PUT', { digest: before.file?.digest, changes });
  t.is(said.statusCode, 200, said.body);
  t.like(settingOf(said.json(), 'log.level'), { inForce: 'info', inFile: 'warn' });
  t.is(await readFile(file, 'utf8'), `${text}log:\n  level: warn\ngallery:\n  validDays: 14\n`);
  t.is(await readFile(`${file}.previous`, 'utf8'), text);
  t.is((await stat(file)).mode & 0o777, 0o640);
  t.deepEqual((await readdir(folder)).toSorted(), ['hub.yaml', 'hub.yaml.previous']);
  const [entry] = await desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'administrator', action: 'settings.changed', detail: changes });
  const back = await ask('PUT', { digest: said.json().file.digest, changes: { 'log.level': null } });
  t.is(settingOf(back.json(), 'log.level')?.inFile, null);
});

test('nothing else can be changed, nothing wrong is written, and nobody else may', async (t) => {
  const { file, ask, read, desk } = await started(t);
  const { file: seen } = await read();
  const put = (changes: object, role?: 'operator' | 'auditor') => ask('PUT', { digest: seen?.digest, changes }, role);
  for (const changes of [
    { dataFolder: '/tmp' },
    { 'broker.passwordFile': '/etc/shadow' },
    { 'console.address': '0.0.0.0' },
  ])
    t.is((await put(changes)).statusCode, 400, JSON.stringify(changes));
  const wrong = await put({ 'log.level': 'loud' });
  t.is(wrong.json().code, 'config.invalid', wrong.body);
  t.is((await put({ 'log.level': 'warn' }, 'operator')).statusCode, 403);
  t.is((await put({ 'log.level': 'warn' }, 'auditor')).statusCode, 403);
  t.is(await readFile(file, 'utf8'), text);
  t.is((await desk.audit.entries({ limit: 1 })).length, 0);
});

test('what somebody changed on the machine meanwhile is not written over', async (t) => {
  const { file, ask, read } = await started(t);
  const { file: seen } = await read();
  await writeFile(file, `${text}log: { level: debug }\n`);
  const said = await ask('PUT', { digest: seen?.digest, changes: { 'log.level': 'warn' } });
  t.is(said.statusCode, 409);
  t.is(said.json().code, 'config.changed');
  t.is(await readFile(file, 'utf8'), `${text}log: { level: debug }\n`);
});

test('a file that cannot be replaced stays as it is, and the answer says why', async (t) => {
  const { folder, file, ask, read } = await started(t);
  const { file: seen } = await read();
  // The name of the next generation is taken: also for root, whom permissions do not stop.
  await symlink(folder, `${file}.new`);
  await chmod(folder, 0o555);
  const said = await ask('PUT', { digest: seen?.digest, changes: { 'log.level': 'warn' } });
  await chmod(folder, 0o755);
  t.is(said.statusCode, 409, said.body);
  t.is(said.json().code, 'file.unwritable');
  t.is(await readFile(file, 'utf8'), text);
});

test('a hub without a file tells so', async (t) => {
  const { server, as } = await startConsole(t);
  const headers = as.administrator;
  t.is((await server.inject({ url: '/api/settings', headers })).json().file, null);
  const payload = { digest: 'x', changes: { 'log.level': 'warn' } };
  t.is(
    (await server.inject({ method: 'PUT', url: '/api/settings', headers, payload })).json().code,
    'config.unreadable',
  );
});
