import test from 'ava';
import { startConsole } from './support/console.ts';
import { march } from './support/march.ts';

test('events are found by kind, person, terminal and time, a page at a time, newest first', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const ask = async (query: string) => {
    const said = await console.server.inject({ url: `/api/events?${query}`, headers: console.as.auditor });
    t.is(said.statusCode, 200, said.body);
    return said.json();
  };
  const refused = await ask('kinds=verdict.denied');
  t.deepEqual(
    refused.events.map(({ body }: { body: { reason: string } }) => body.reason),
    ['out-of-schedule', 'unknown'],
  );
  t.deepEqual(refused.names, { p03: 'Alan Turing' });
  t.is((await ask('kinds=door.*&terminals=workshop')).events.length, 1);
  t.is((await ask('person=p02&kinds=punch.*')).events.length, 3);
  t.is((await ask('kinds=punch.*&from=2026-03-03T00:00:00Z&to=2026-03-03T12:00:00Z')).events.length, 2);

  const everything = (await ask('limit=500')).events;
  const first = await ask('limit=20');
  const second = await ask(`limit=20&before=${encodeURIComponent(first.next)}`);
  t.is(second.next, null);
  t.deepEqual([...first.events, ...second.events], everything);
});

test('a file has every event that matches, and the book of changes has who took it', async (t) => {
  const { server, as, desk, ...rest } = await startConsole(t);
  await march({ server, as, desk, ...rest }, { withPictures: false });
  const csv = await server.inject({ url: '/api/events/file?format=csv&kinds=verdict.denied', headers: as.operator });
  t.regex(String(csv.headers['content-disposition']), /^attachment; filename="events\.csv"$/);
  t.is(csv.body.trimEnd().split('\n').length, 3);
  const lines = await server.inject({ url: '/api/events/file?format=jsonl&person=p01', headers: as.operator });
  const events = lines.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(events.length, 12);
  t.true(events.every(({ body }) => body.personId === 'p01'));
  const [entry] = await desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'operator', action: 'events.exported', target: 'p01', detail: { format: 'jsonl' } });
});

test('a filter that cannot be one is refused', async (t) => {
  const { server, as } = await startConsole(t);
  for (const query of ['kinds=%25', 'from=yesterday', 'before=1', 'person=a%20b', 'limit=0'])
    t.is((await server.inject({ url: `/api/events?${query}`, headers: as.auditor })).statusCode, 400, query);
});
