import test from 'ava';
import { password, startConsole } from './support/console.ts';

test('whoever is disabled is signed out at once, and cannot sign in until they are enabled', async (t) => {
  const { server, as, desk } = await startConsole(t);
  const put = (method: 'PUT' | 'DELETE', name: string) =>
    server.inject({ method, url: `/api/accounts/${name}/disabled`, headers: as.administrator });
  const ask = async () => (await server.inject({ url: '/api/terminals', headers: as.operator })).statusCode;
  t.is(await ask(), 200);
  const proven = await desk.accounts.proven('operator', password);
  t.is((await put('PUT', 'operator')).statusCode, 200);
  t.is(await ask(), 401);
  t.is(await desk.accounts.proven('operator', password), null);
  t.is(await desk.sessions.begin(proven!), null, 'proven just before');
  const listed = (await server.inject({ url: '/api/accounts', headers: as.administrator })).json();
  t.deepEqual(
    listed.accounts.map(({ name, disabledAt }: Record<string, unknown>) => [name, disabledAt !== null]),
    [
      ['administrator', false],
      ['auditor', false],
      ['operator', true],
    ],
  );
  await desk.accounts.setPassword('operator', 'yet another battery');
  t.is(await desk.accounts.proven('operator', 'yet another battery'), null, 'a new password enables nobody');
  t.is((await put('DELETE', 'operator')).statusCode, 200);
  t.is(await ask(), 401, 'who was signed in signs in again');
  t.is((await desk.accounts.proven('operator', 'yet another battery'))?.disabledAt, null);
  t.is((await put('PUT', 'nobody')).json().code, 'account.unknown');
  const actions = (await desk.audit.entries()).map(({ action, target }) => `${action} ${target}`);
  t.deepEqual(actions, ['account.enabled operator', 'account.disabled operator']);
});

test('the last administrator who can sign in cannot be disabled; one who cannot does not count', async (t) => {
  const { desk } = await startConsole(t);
  const last = { code: 'account.last-administrator' };
  await t.throwsAsync(desk.accounts.disable('administrator'), last);
  await desk.accounts.setRole('operator', 'administrator');
  await desk.accounts.disable('operator');
  await t.throwsAsync(desk.accounts.disable('administrator'), last);
  await t.throwsAsync(desk.accounts.setRole('administrator', 'auditor'), last);
  await t.throwsAsync(desk.accounts.remove('administrator'), last);
  await desk.accounts.enable('operator');
  await desk.accounts.disable('administrator');
  await t.throwsAsync(desk.accounts.remove('operator'), last);
  await t.notThrowsAsync(desk.accounts.remove('administrator'));
});
