import test from 'ava';
import { allRoutes } from '../../src/console/all-routes.ts';
import { startConsole } from './support/console.ts';
import { nothingBreaks } from './support/requests.ts';

test('whatever is asked of any route, no answer says that the server made a mistake', async (t) => {
  const { server, desk } = await startConsole(t);
  const account = await desk.accounts.add({ name: 'root', role: 'administrator', password: 'another horse battery' });
  const headers = { cookie: `limen=${await desk.sessions.begin(account)}`, 'x-limen': '1' };
  await nothingBreaks({ server, routes: allRoutes, headers });
  t.pass();
});
