import test from 'ava';
import { startConsole } from './support/console.ts';

test('a configuration is checked as its file would be: line, key, what is wrong, what was meant', async (t) => {
  const { server, as } = await startConsole(t);
  const text =
    'site: hq\nterminal: front\ndataFolder: data\ncamera:\n  driver: v4l2\ndoor:\n  driver: simulated\n  pulsMs: 3000\n';
  const check = (payload: object) =>
    server.inject({ method: 'POST', url: '/api/settings/check', headers: as.operator, payload });
  const [problem, ...others] = (await check({ kind: 'terminal', text })).json().problems;
  t.deepEqual(others, []);
  t.like(problem, { line: 8, column: 3, key: 'door.pulsMs' });
  t.regex(problem.says, /did you mean "pulseMs"/);
  const good = (await check({ kind: 'terminal', text: text.replace('pulsMs', 'pulseMs') })).json();
  t.deepEqual(good.problems, []);
  t.regex(good.effective, /pulseMs: 3000/);
  t.true((await check({ kind: 'hub', text: 'site: [' })).json().problems.length > 0);
});
