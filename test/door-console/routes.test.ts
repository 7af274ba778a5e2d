import test from 'ava';
import { commonRoutes } from '../../src/console/common-routes.ts';
import { doorRoutes } from '../../src/door-console/routes.ts';
import { nothingBreaks } from '../console/support/requests.ts';
import { everybodyElseIsRefused, whoeverMayIsLetIn } from '../console/support/role-table.ts';
import { startDoorConsole } from './support/door-console.ts';

test('every route refuses a role that may not, anybody who is not signed in, and a change from another page', async (t) => {
  const { server, as } = await startDoorConsole(t, { door: false });
  await everybodyElseIsRefused(t, { server, routes: doorRoutes, as });
});

test('every route lets in whoever may', async (t) => {
  const { server, signedIn } = await startDoorConsole(t, { door: false });
  await whoeverMayIsLetIn(t, { server, routes: doorRoutes }, signedIn);
});

test('whatever is asked of any route, no answer says that the terminal made a mistake', async (t) => {
  const { server, desk } = await startDoorConsole(t);
  const account = await desk.accounts.add({ name: 'root', role: 'administrator', password: 'another horse battery' });
  const headers = { cookie: `limen=${await desk.sessions.begin(account)}`, 'x-limen': '1' };
  await nothingBreaks({ server, routes: doorRoutes, headers });
  t.pass();
});

test('what is for a hub is unknown here, also to an administrator', async (t) => {
  const { server, as } = await startDoorConsole(t, { door: false });
  for (const [method, url] of [
    ['POST', '/api/people'],
    ['PATCH', '/api/people/p01'],
    ['DELETE', '/api/people/p01'],
    ['GET', '/api/people/p01/file'],
    ['POST', '/api/pictures'],
    ['POST', '/api/imports'],
    ['POST', '/api/terminals'],
    ['POST', '/api/terminals/front-door/revocation'],
    ['POST', '/api/terminals/front-door/rotation'],
    ['POST', '/api/site/commands'],
    ['GET', '/api/rules'],
    ['GET', '/api/keys'],
    ['GET', '/api/attendance?from=2026-01-01&to=2026-01-31'],
    ['GET', '/api/risk'],
    ['PUT', '/api/settings'],
  ] as const) {
    const { statusCode, body } = await server.inject({ method, url, headers: as.administrator });
    t.is(statusCode, 404, `${method} ${url}: ${body}`);
    t.is(JSON.parse(body).code, 'request.unknown', `${method} ${url}`);
  }
});

test('an auditor changes nothing, and only an administrator who may what', (t) => {
  const changes = doorRoutes.filter(({ method, may }) => method !== 'GET' && may !== 'anybody');
  t.deepEqual(
    changes.filter(({ may }) => may.includes('auditor')).map(({ method, path }) => `${method} ${path}`),
    ['DELETE /api/session', 'PUT /api/password', 'POST /api/settings/check'],
  );
  t.true(doorRoutes.length > commonRoutes.length);
});
