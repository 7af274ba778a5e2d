import test from 'ava';
import { allRoutes } from '../../src/console/all-routes.ts';
import { type Role, roles } from '../../src/console/roles.ts';
import { startConsole } from './support/console.ts';

/** An address of a route, with names that are nobody's in it. */
const addressOf = (path: string) => path.replaceAll(/:\w+/g, 'nobody');

/** The codes of a server that did not let somebody in. */
const refusals = ['session.missing', 'session.forbidden', 'session.header-missing'];

test('every route refuses a role that may not, anybody who is not signed in, and a change from another page', async (t) => {
  const { server, as } = await startConsole(t);
  for (const { method, path, may } of allRoutes) {
    const ask = (headers: Record<string, string>) => server.inject({ method, url: addressOf(path), headers });
    const what = `${method} ${path}`;
    const anonymous = await ask({ 'x-limen': '1' });
    if (may === 'anybody') t.notRegex(anonymous.body, /session\.(missing|forbidden)"/, what);
    else {
      t.is(anonymous.statusCode, 401, what);
      t.is(anonymous.json().code, 'session.missing', what);
      const forged = await ask({ 'x-limen': '1', cookie: `limen=${'A'.repeat(43)}` });
      t.is(forged.statusCode, 401, `${what}, a session that never was`);
    }
    if (method !== 'GET') {
      const foreign = await ask({ cookie: as.administrator.cookie });
      t.is(foreign.statusCode, 403, `${what} without its header`);
      t.is(foreign.json().code, 'session.header-missing', what);
    }
    if (may === 'anybody') continue;
    for (const role of roles.filter((one) => !may.includes(one))) {
      const refused = await ask(as[role]);
      t.is(refused.statusCode, 403, `${what} as ${role}`);
      t.is(refused.json().code, 'session.forbidden', `${what} as ${role}`);
    }
  }
});

test('every route lets in whoever may', async (t) => {
  const { server, as, desk } = await startConsole(t);
  const fresh = async (role: Role) => {
    const account = (await desk.accounts.find(role))!;
    return { ...as[role], cookie: `limen=${await desk.sessions.begin(account)}` };
  };
  for (const { method, path, may, answer } of allRoutes) {
    // A stream does not end by itself; the console in a browser shows that it lets people in.
    if (may === 'anybody' || answer === null) continue;
    for (const role of may) {
      const { statusCode, body } = await server.inject({ method, url: addressOf(path), headers: await fresh(role) });
      t.false(
        refusals.some((code) => body.includes(code)),
        `${method} ${path} as ${role}: ${statusCode} ${body}`,
      );
      t.true(statusCode < 500, `${method} ${path} as ${role}: ${statusCode} ${body}`);
    }
  }
});

test('only an administrator may change who may what; an auditor may change nothing', (t) => {
  const changes = allRoutes.filter(({ method, may }) => method !== 'GET' && may !== 'anybody');
  const ofAuditors = changes
    .filter(({ may }) => may.includes('auditor'))
    .map(({ method, path }) => `${method} ${path}`);
  t.deepEqual(ofAuditors.toSorted(), [
    'DELETE /api/session',
    'POST /api/attendance/plan/check',
    'POST /api/rules/check',
    'POST /api/settings/check',
    'PUT /api/password',
  ]);
  for (const { path, may } of changes.filter((one) => one.path.startsWith('/api/accounts')))
    t.deepEqual(may, ['administrator'], path);
});

test('nothing that a page of the console does not know is given by its address', async (t) => {
  const { server } = await startConsole(t);
  const page = await server.inject({ url: '/people/1001', headers: { accept: 'text/html' } });
  t.is(page.statusCode, 200);
  t.regex(page.body, /screen\.js/);
  const nothing = await server.inject({ url: '/api/nothing', headers: { accept: 'text/html' } });
  t.is(nothing.statusCode, 404);
  t.is((await server.inject({ url: '/../package.json' })).statusCode, 404);
});
