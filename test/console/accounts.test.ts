import test from 'ava';
import { hashPassword, isPassword } from '../../src/console/passwords.ts';
import { password, startConsole } from './support/console.ts';
import { movedClock } from './support/moved-clock.ts';
import { sessionOf } from './support/session-of.ts';

const minuteMs = 60_000;

test('a password is kept as a hash with what it was made with, and told from any other', async (t) => {
  const hash = await hashPassword(password);
  t.regex(hash, /^scrypt\$32768\$8\$3\$[\w+/=]{24}\$[\w+/=]{44}$/);
  t.not(await hashPassword(password), hash);
  t.true(await isPassword(password, hash));
  t.false(await isPassword(`${password} `, hash));
  t.false(await isPassword(password, null));
  await t.throwsAsync(hashPassword('short'), { code: 'account.password-weak' });
  await t.throwsAsync(hashPassword('aaaaaaaaaaaa'), { code: 'account.password-weak' });
});

test('signing in: a cookie that no script reads and no other site sends; a wrong name and a wrong password are one', async (t) => {
  const { server } = await startConsole(t);
  const signIn = (name: string, tried: string) =>
    server.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-limen': '1' },
      payload: { name, password: tried },
    });
  const good = await signIn('operator', password);
  t.is(good.statusCode, 200);
  t.regex(String(good.headers['set-cookie']), /^limen=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const [unknown, wrong] = [await signIn('nobody', password), await signIn('operator', 'wrong wrong wrong')];
  t.is(unknown.statusCode, 401);
  t.is(unknown.body, wrong.body);
});

test('the eleventh attempt within a minute is not heard', async (t) => {
  const { server } = await startConsole(t);
  const attempt = () =>
    server.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-limen': '1' },
      payload: { name: 'x', password: 'x' },
    });
  for (let i = 0; i < 10; i++) t.is((await attempt()).statusCode, 401);
  const last = await attempt();
  t.is(last.statusCode, 429);
  t.is(last.json().code, 'session.too-many');
});

test('a session ends after half an hour without a request, and after a working day with them', async (t) => {
  const clock = movedClock();
  const { server, as } = await startConsole(t, { clock });
  const ask = async () => (await server.inject({ url: '/api/terminals', headers: as.auditor })).statusCode;
  t.is(await ask(), 200);
  clock.by(29 * minuteMs);
  t.is(await ask(), 200);
  clock.by(29 * minuteMs);
  t.is(await ask(), 200);
  clock.by(31 * minuteMs);
  t.is(await ask(), 401);
  const { desk } = await startConsole(t, { clock });
  const token = await sessionOf(desk, 'operator', password);
  for (let i = 0; i < 26 && (await desk.sessions.who(token, { isUse: true })) !== null; i++) clock.by(28 * minuteMs);
  t.is(await desk.sessions.who(token), null);
});

test('whoever is removed, or gets another password or role, is signed out', async (t) => {
  const { desk } = await startConsole(t);
  const signedIn = async (name: string) => {
    const token = await sessionOf(desk, name, password);
    t.is((await desk.sessions.who(token))?.name, name);
    return async () => (await desk.sessions.who(token)) === null;
  };
  const [first, second, third] = [
    await signedIn('operator'),
    await signedIn('auditor'),
    await signedIn('administrator'),
  ];
  await desk.accounts.setPassword('operator', 'yet another battery');
  await desk.accounts.remove('auditor');
  t.deepEqual([await first(), await second(), await third()], [true, true, false]);
});

test('the only administrator cannot be removed, nor made less', async (t) => {
  const { desk } = await startConsole(t);
  await t.throwsAsync(desk.accounts.remove('administrator'), { code: 'account.last-administrator' });
  await t.throwsAsync(desk.accounts.setRole('administrator', 'auditor'), { code: 'account.last-administrator' });
  await desk.accounts.setRole('operator', 'administrator');
  await t.notThrowsAsync(desk.accounts.remove('administrator'));
});

test('every change is in the book, and what was altered or taken out of it is found', async (t) => {
  const { server, as, desk, hub } = await startConsole(t);
  const payload = { name: 'eve', role: 'operator', password };
  await server.inject({ method: 'POST', url: '/api/accounts', headers: as.administrator, payload });
  await server.inject({ method: 'DELETE', url: '/api/accounts/eve', headers: as.administrator });
  const entries = await desk.audit.entries();
  t.deepEqual(
    entries.map(({ account, action, target, detail }) => ({ account, action, target, detail })),
    [
      { account: 'administrator', action: 'account.removed', target: 'eve', detail: {} },
      { account: 'administrator', action: 'account.added', target: 'eve', detail: { role: 'operator' } },
    ],
  );
  await desk.audit.write({ account: 'administrator', action: 'terminal.revoked', target: 'door' });
  t.is((await desk.audit.entries({ before: entries[0]!.id })).length, 1);
  await hub.store.db.deleteFrom('audit').where('id', '=', entries[0]!.id).execute();
  await t.throwsAsync(desk.audit.entries(), { code: 'audit.forged' });
});
