import test from 'ava';
import type { Role } from '../../src/console/roles.ts';
import { until } from '../support/wait.ts';
import { startConsole } from './support/console.ts';

test('the keys of a site are changed from the console: who lacks the new one is named, and need not be waited for', async (t) => {
  const { server, as, desk, keys } = await startConsole(t);
  await until(() => desk.link.state.online);
  for (const name of ['door-1', 'door-2']) await keys.terminal(name);
  const ask = async (method: 'GET' | 'POST', path: string, payload?: object, role: Role = 'administrator') =>
    server.inject({ method, url: `/api/keys${path}`, headers: as[role], ...(payload && { payload }) });
  const progress = async (role: Role = 'auditor') => (await ask('GET', '', undefined, role)).json();
  const settled = { underWay: [], waitingFor: [], finished: true, terminals: 2 };
  t.deepEqual(await progress(), settled);
  t.is((await ask('GET', '', undefined, 'operator')).statusCode, 403);
  for (const role of ['operator', 'auditor'] as const)
    t.is((await ask('POST', '/rotation', { kinds: ['site'] }, role)).statusCode, 403);
  for (const kinds of [[], ['door'], ['site', 'hub', 'site']])
    t.is((await ask('POST', '/rotation', { kinds })).statusCode, 400);
  t.deepEqual(await progress(), settled);

  const before = { ...keys.hub.valid };
  const spreading = { underWay: ['site', 'hub'], waitingFor: ['door-1', 'door-2'], finished: false, terminals: 2 };
  t.deepEqual((await ask('POST', '/rotation', { kinds: ['site', 'hub'] })).json(), spreading);
  t.deepEqual(await progress(), spreading);
  const again = await ask('POST', '/rotation', { kinds: ['site'] });
  t.is(again.statusCode, 409);
  t.is(again.json().code, 'key.under-way');
  t.is((await ask('POST', '/rotation/end', { without: ['door-7'] })).json().code, 'terminal.unknown');
  t.deepEqual((await ask('POST', '/rotation/end', { without: ['door-1'] })).json(), spreading, 'door-2 is waited for');
  t.is((await ask('POST', '/rotation/end', { without: ['door-1', 'door-2'] }, 'operator')).statusCode, 403);
  t.deepEqual((await ask('POST', '/rotation/end', { without: ['door-1', 'door-2'] })).json(), settled);
  t.false(keys.hub.valid.site.includes(before.site[0]!));
  t.false(keys.hub.valid.hub.includes(before.hub[0]!));

  const entries = await desk.audit.entries();
  t.deepEqual(
    entries.map(({ account, action, detail }) => [account, action, detail]),
    [
      ['administrator', 'keys.went-on', { without: ['door-1', 'door-2'] }],
      ['administrator', 'keys.went-on', { without: ['door-1'] }],
      ['administrator', 'keys.rotated', { kinds: ['site', 'hub'] }],
    ],
    'what was signed with the key before is still believed',
  );
  t.true(
    desk.fleet.views().every(({ holdsKeys }) => !holdsKeys),
    'they were not there to fetch theirs',
  );
});
