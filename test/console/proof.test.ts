import test, { type ExecutionContext } from 'ava';
import type { Kysely } from 'kysely';
import { accountBook } from '../../src/console/accounts.ts';
import { atHub } from '../../src/console/place.ts';
import { sessionBook } from '../../src/console/sessions.ts';
import { accountFileIn, openAccountFile } from '../../src/door-console/account-file.ts';
import type { HubTables } from '../../src/hub/hub-schema.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { temporaryFolders } from '../support/folders.ts';
import { postgresFor } from '../support/postgres.ts';
import { startConsole } from './support/console.ts';

const folder = temporaryFolders(test);
const serverOf = postgresFor(test);
const [before, after] = ['correct horse battery', 'yet another battery'];

/** Where a console keeps its accounts; `null` where this machine has no such thing. */
const places: Record<string, (t: ExecutionContext) => Promise<Kysely<HubTables> | null>> = {
  "a terminal's file": async (t) => {
    const file = await openAccountFile(accountFileIn(folder()));
    t.teardown(() => file.close());
    return file.db;
  },
  "a hub's SQLite": async (t) => {
    const store = await openHubStore(`${folder()}/hub.db`);
    t.teardown(() => store.close());
    return store.db;
  },
  "a hub's PostgreSQL": async (t) => {
    const server = await serverOf(t);
    if (server === null) return null;
    const store = await openHubStore(await server.database());
    t.teardown(() => store.close());
    return store.db;
  },
};

for (const [place, open] of Object.entries(places)) {
  test(`${place}: nobody signs in upon a password, a role or a right that they no longer have`, async (t) => {
    const db = await open(t);
    if (db === null) return;
    const accounts = accountBook(db, { clock: systemClock, place: atHub });
    const sessions = sessionBook(db, { clock: systemClock });
    await accounts.add({ name: 'root', role: 'administrator', password: before });
    const added = await accounts.add({ name: 'ada', role: 'administrator', password: before });
    t.truthy(await sessions.begin(added));
    const stale = (await accounts.proven('ada', before))!;
    await accounts.setPassword('ada', after);
    t.is(await sessions.begin(stale), null, 'another password');
    await t.throwsAsync(accounts.setPassword('ada', before, { upon: stale }), { code: 'session.refused' });
    const fresh = (await accounts.proven('ada', after))!;
    await accounts.setRole('ada', 'auditor');
    t.is(await sessions.begin(fresh), null, 'another role');
    const auditor = (await accounts.proven('ada', after))!;
    t.is((await sessions.who((await sessions.begin(auditor))!))?.role, 'auditor');
    await accounts.disable('ada');
    t.is(await sessions.begin(auditor), null, 'disabled');
    await accounts.remove('ada');
    t.is(await sessions.begin(auditor), null, 'removed');
    t.deepEqual(await db.selectFrom('sessions').selectAll().execute(), []);
  });

  test(`${place}: of sign-ins while the password changes none outlives the change`, async (t) => {
    const db = await open(t);
    if (db === null) return;
    const accounts = accountBook(db, { clock: systemClock, place: atHub });
    const sessions = sessionBook(db, { clock: systemClock });
    await accounts.add({ name: 'ada', role: 'administrator', password: before });
    const signIn = async () => {
      const proven = await accounts.proven('ada', before);
      return proven && sessions.begin(proven);
    };
    const early = signIn();
    const changing = accounts.setPassword('ada', after);
    const tokens = await Promise.all([early, signIn(), signIn()]);
    await changing;
    for (const token of tokens) if (token !== null) t.is(await sessions.who(token), null);
    t.deepEqual(await db.selectFrom('sessions').selectAll().execute(), []);
  });
}

test('a sign-in with the password of before, while another is set, is refused and written down', async (t) => {
  const { server, desk } = await startConsole(t);
  const changing = desk.accounts.setPassword('operator', after);
  const payload = { name: 'operator', password: before };
  const request = { method: 'POST', url: '/api/session', headers: { 'x-limen': '1' }, payload } as const;
  const [answer] = await Promise.all([server.inject(request), changing]);
  t.is(answer.statusCode, 401, answer.body);
  t.is(answer.headers['set-cookie'], undefined);
  t.like((await desk.audit.entries())[0], { action: 'session.refused', target: 'operator' });
});

test('what an account was proven with is in no answer', async (t) => {
  const { server, as, desk } = await startConsole(t);
  const payload = { name: 'grace', role: 'auditor', password: before };
  const made = await server.inject({ method: 'POST', url: '/api/accounts', headers: as.administrator, payload });
  t.is(made.statusCode, 200);
  t.notRegex(made.body, /scrypt/);
  t.notRegex(JSON.stringify(await desk.accounts.proven('grace', before)), /scrypt/);
});
