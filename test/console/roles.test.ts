import test from 'ava';
import { allRoutes } from '../../src/console/all-routes.ts';
import { startConsole } from './support/console.ts';
import { everybodyElseIsRefused, whoeverMayIsLetIn } from './support/role-table.ts';

test('every route refuses a role that may not, anybody who is not signed in, and a change from another page', async (t) => {
  const { server, as } = await startConsole(t);
  await everybodyElseIsRefused(t, { server, routes: allRoutes, as });
});

test('every route lets in whoever may', async (t) => {
  const { server, signedIn } = await startConsole(t);
  await whoeverMayIsLetIn(t, { server, routes: allRoutes }, signedIn);
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
