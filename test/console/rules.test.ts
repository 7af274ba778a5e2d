import test from 'ava';
import { storeEvents } from '../../src/hub/event-store.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { somebody } from '../support/sync.ts';
import { startConsole } from './support/console.ts';
import { march, rules } from './support/march.ts';

test('rules are checked where they are wrong, and published once they are right and nobody else was faster', async (t) => {
  const { server, as, hub } = await startConsole(t);
  const ask = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) =>
    server.inject({ method, url, headers: as.administrator, ...(payload && { payload }) });
  const empty = (await ask('GET', '/api/rules')).json();
  t.like(empty, { version: 0, setAt: null, rules: {}, text: '' });

  const wrong = 'permissions:\n  staff: { groups: [staff], shedule: office }\n';
  const told = (await ask('POST', '/api/rules/check', { text: wrong })).json();
  t.is(told.rules, null);
  t.like(told.problems[0], { line: 2, key: 'permissions.staff.shedule' });
  t.regex(told.problems[0].says, /did you mean "schedule"/);
  const apart = 'permissions:\n  staff: { groups: [staff], schedule: office }\n';
  const missing = (await ask('POST', '/api/rules/check', { text: apart })).json();
  t.like(missing.problems[0], { line: 2, key: 'permissions.staff.schedule' });
  const refused = await ask('PUT', '/api/rules', { text: wrong, basedOn: 0 });
  t.is(refused.json().code, 'access.rules-invalid');
  t.is(await hub.hub.rules(), null);

  // Forms send JSON, which is YAML; what comes back is as limen writes it.
  const { text } = (await ask('POST', '/api/rules/check', { text: JSON.stringify(rules) })).json();
  t.regex(text, /^timeZone: Europe\/Berlin\nschedules:\n {2}office:\n/);
  t.is((await ask('PUT', '/api/rules', { text, basedOn: 0 })).json().version, 1);
  t.like((await ask('GET', '/api/rules')).json(), { version: 1, rules: { timeZone: 'Europe/Berlin' } });
  const late = await ask('PUT', '/api/rules', { text: '', basedOn: 0 });
  t.is(late.statusCode, 409);
  t.is(late.json().code, 'access.rules-changed');
  t.is((await hub.hub.rules())?.version, 1);
});

test('what is wrong in a form is told by the key of its field', async (t) => {
  const { server, as } = await startConsole(t);
  const wrongIn = async (rules: object) => {
    const payload = { text: JSON.stringify(rules) };
    const said = await server.inject({ method: 'POST', url: '/api/rules/check', headers: as.administrator, payload });
    t.is(said.statusCode, 200, said.body);
    return said.json().problems.map(({ key }: { key: string }) => key);
  };
  t.deepEqual(await wrongIn({ interlocks: { lock: { terminals: ['inner'] } } }), ['interlocks.lock.terminals']);
  t.deepEqual(await wrongIn({ interlocks: { lock: { terminals: ['inner', 'outer'], staleAfterMs: 1 } } }), [
    'interlocks.lock.staleAfterMs',
  ]);
  t.deepEqual(await wrongIn({ freeAccess: { day: { terminals: ['front'], schedule: 'office' } } }), [
    'freeAccess.day.schedule',
  ]);
  t.deepEqual(await wrongIn({ lockOut: { firstMs: 90_000, mostMs: 60_000 } }), ['lockOut.firstMs']);
  t.deepEqual(await wrongIn({ lockOut: { attempts: 0 } }), ['lockOut.attempts']);
  t.deepEqual(await wrongIn({ timeZone: 'Europe/Berlyn' }), ['timeZone']);
  t.deepEqual(await wrongIn({ answerWithinMs: 1, withoutFace: 'always' }), ['answerWithinMs', 'withoutFace']);
  t.deepEqual(await wrongIn({}), []);
});

test('why somebody could not pass is told by the rules of that moment', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const explain = async (query: Record<string, string>) => {
    const url = `/api/rules/explanation?${new URLSearchParams(query)}`;
    return (await console.server.inject({ url, headers: console.as.auditor })).json();
  };
  const evening = await explain({ person: 'p03', terminal: 'front-door', at: '2026-03-03T19:30' });
  t.is(evening.outcome, 'refuse');
  t.is(evening.at.instant, '2026-03-03T18:30:00.000Z', 'on the clock of the site');
  t.regex(evening.verdict.says, /only by the schedule office/);
  t.true(
    evening.findings.some(
      ({ by, outcome }: Record<string, string>) => by === 'permissions.staff' && outcome === 'refuses',
    ),
  );
  t.is((await explain({ person: 'p03', terminal: 'front-door', at: '2026-03-03T09:30' })).outcome, 'pass');
  t.is((await explain({ person: 'p03', terminal: 'workshop', at: '2026-03-03T09:30' })).outcome, 'ask');
  const both = { person: 'p03', terminal: 'workshop', at: '2026-03-03T09:30', factors: 'face,pin' };
  t.is((await explain(both)).outcome, 'pass');
  const before = await explain({ person: 'p07', terminal: 'front-door', at: '2026-01-15T03:00:00Z' });
  t.is(before.outcome, 'pass', 'the hub had said nothing in January');
  t.is((await explain({ person: 'nobody', terminal: 'front-door' })).code, 'person.unknown');
  t.is((await explain({ person: 'p03', terminal: 'nowhere' })).code, 'terminal.unknown');
  t.is((await explain({ person: 'p03', terminal: 'workshop', at: 'noon' })).code, 'usage.invalid');
});

test('what a terminal remembers of one person explains; where everybody else is does not matter', async (t) => {
  const { server, as, hub, desk } = await startConsole(t);
  await server.inject({
    ...{ method: 'POST', url: '/api/terminals', headers: as.administrator, payload: { terminal: 'front' } },
  });
  await desk.fleet.refresh();
  for (const id of ['ada', 'bob']) await hub.store.add(somebody(id));
  const payload = { text: JSON.stringify({ antiPassback: { yard: { mode: 'hard', in: ['front'], out: ['back'] } } }) };
  await server.inject({
    ...{ method: 'PUT', url: '/api/rules', headers: as.administrator, payload: { ...payload, basedOn: 0 } },
  });
  const journal = memoryJournal('front');
  const through = (personId: string) =>
    journal.append({ kind: 'access.passed', body: { personId, sides: { yard: 'in' } } });
  const others = Array.from({ length: 1200 }, (_, i) => through(`other-${i}`));
  const rows = [...others, through('ada')] as readonly unknown[] as WireEvent[];
  await storeEvents(hub.store.db, rows, new Date());
  const outcome = async (person: string) => {
    const url = `/api/rules/explanation?person=${person}&terminal=front`;
    return (await server.inject({ url, headers: as.auditor })).json().outcome;
  };
  t.deepEqual([await outcome('ada'), await outcome('bob')], ['refuse', 'pass']);
});
