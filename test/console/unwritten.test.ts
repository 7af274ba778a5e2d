import test from 'ava';
import { sql } from 'kysely';
import { password, startConsole } from './support/console.ts';

test("what cannot be written into the hub's book is not done: no account, no session, no cookie", async (t) => {
  const { server, as, desk, hub } = await startConsole(t);
  const { db } = hub.store;
  await sql`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END`.execute(db);
  const sessions = async () => (await db.selectFrom('sessions').select('id').execute()).length;
  const [before, accounts] = [await sessions(), await desk.accounts.list()];
  const headers = as.administrator;
  const post = (url: string, payload: object) => server.inject({ method: 'POST', url, headers, payload });
  const signedIn = await post('/api/session', { name: 'operator', password });
  t.is(signedIn.statusCode, 500);
  t.is(signedIn.headers['set-cookie'], undefined);
  t.is(await sessions(), before);
  t.is((await post('/api/accounts', { name: 'bob', role: 'auditor', password })).statusCode, 500);
  const disabled = await server.inject({ method: 'PUT', url: '/api/accounts/operator/disabled', headers });
  t.is(disabled.statusCode, 500);
  t.deepEqual(await desk.accounts.list(), accounts);
  await sql`DROP TRIGGER full`.execute(db);
  t.is((await post('/api/accounts', { name: 'bob', role: 'auditor', password })).statusCode, 200);
  const [entry] = await desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'administrator', action: 'account.added', target: 'bob', detail: { role: 'auditor' } });
});
