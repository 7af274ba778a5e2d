import test, { type ExecutionContext } from 'ava';
import { journalSearch } from '../../src/door-console/journal-search.ts';
import { listen } from '../console/support/live.ts';
import { somebody } from '../support/sync.ts';
import { until } from '../support/wait.ts';
import { startDoorConsole, type TestDoorConsole } from './support/door-console.ts';

const rows = 1700;

/** More than a few batches of rows: mostly noise, and one event in a hundred about somebody. */
async function busy(t: ExecutionContext): Promise<TestDoorConsole> {
  const people = [{ ...somebody('ada'), name: 'Ada Lovelace' }, somebody('ada2')];
  const at = await startDoorConsole(t, { door: false, people });
  for (let i = 1; i <= rows; i++) {
    if (i % 100 === 0)
      at.report({
        kind: 'access.reset',
        body: { what: 'lock-out', personId: i % 200 ? 'ada' : 'ada2', cause: 'a test' },
      });
    else at.report({ kind: 'clock.stepped', body: { byMs: i } });
  }
  return at;
}

/** Every page of a search, one after the other. */
async function pages({ server, as }: TestDoorConsole, query: string) {
  const found: { seq: number; kind: string }[][] = [];
  let names = {};
  for (let next: string | null = ''; next !== null; ) {
    const before: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
    const { body, statusCode } = await server.inject({ url: `/api/events?${query}${before}`, headers: as.auditor });
    if (statusCode !== 200) throw new Error(body);
    const page = JSON.parse(body);
    found.push(page.events);
    names = { ...names, ...page.names };
    next = page.next;
  }
  return { found, names, seqs: found.flat().map(({ seq }) => seq) };
}

test('events are searched newest first, in pages without a hole and without a double', async (t) => {
  const at = await busy(t);
  const everything = await pages(at, 'limit=500');
  t.deepEqual(
    everything.seqs,
    Array.from({ length: rows }, (_, i) => rows - i),
  );
  t.deepEqual(
    everything.found.slice(0, 3).map(({ length }) => length),
    [500, 500, 500],
  );
  const resets = await pages(at, 'kinds=access.*&limit=5');
  t.deepEqual(
    resets.seqs,
    Array.from({ length: 17 }, (_, i) => 1700 - 100 * i),
  );
  const ofAda = await pages(at, 'person=ada&limit=4');
  t.deepEqual(
    ofAda.seqs,
    Array.from({ length: 9 }, (_, i) => 1700 - 200 * i),
  );
  t.deepEqual(ofAda.names, { ada: 'Ada Lovelace' });
  const both = await pages(at, 'kinds=access.reset,clock.stepped&terminals=front-door&limit=500');
  t.is(both.seqs.length, rows);
  for (const none of ['terminals=back-door', 'kinds=verdict.*', 'person=eve', 'to=2020-01-01T00:00:00Z'])
    t.deepEqual((await pages(at, none)).seqs, [], none);
});

test('a search looks at so many rows and no more, and says where to go on', async (t) => {
  const { journal } = await busy(t);
  const looked: number[] = [];
  const counted = {
    ...{ firstSeq: journal.firstSeq, lastSeq: journal.lastSeq },
    matching: (...asked: Parameters<typeof journal.matching>) => {
      looked.push(asked[1].before - asked[1].after - 1);
      return journal.matching(...asked);
    },
  };
  const search = journalSearch(counted, { batchRows: 100, mostRows: 300 });
  const signal = new AbortController().signal;
  const first = await search.newest({ kinds: ['verdict.*'] }, { before: null, limit: 10, signal });
  t.deepEqual([first.events, first.next], [[], rows - 299]);
  t.deepEqual(looked, [100, 100, 100]);
  const second = await search.newest({ kinds: ['access.*'] }, { before: first.next, limit: 2, signal });
  t.deepEqual(
    second.events.map(({ seq }) => seq),
    [1400, 1300],
  );
  t.is(second.next, 1300);
  looked.length = 0;
  const left = await search.newest({}, { before: null, limit: 10, signal: AbortSignal.abort() });
  t.deepEqual([left.events, looked], [[], []], 'nobody waits for it');
});

test('while somebody searches, everything else has its turn between two batches', async (t) => {
  const { journal } = await busy(t);
  const search = journalSearch(journal, { batchRows: 50 });
  const signal = new AbortController().signal;
  let turns = 0;
  let over = false;
  const look = () => {
    turns++;
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  const wanted = { kinds: ['verdict.granted'] };
  await Promise.all([1, 2, 3].map(() => search.newest(wanted, { before: null, limit: 1, signal })));
  over = true;
  t.true(turns >= (3 * rows) / 50, `${turns} turns`);
});

test('what matches is downloaded whole, oldest first, and that is written down', async (t) => {
  const at = await busy(t);
  const csv = await at.server.inject({ url: '/api/events/file?kinds=access.*', headers: at.as.auditor });
  const lines = csv.body.trimEnd().split(/\r?\n/);
  t.is(lines.length, 18);
  t.regex(lines[0]!, /^terminal,seq,at/);
  t.regex(lines[1]!, /^front-door,100,/);
  const json = await at.server.inject({ url: '/api/events/file?format=jsonl', headers: at.as.auditor });
  const events = json.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(events[rows - 1].seq, rows);
  t.is(events[0].receivedAt, null);
  const deeds = at.events('console.deed').map(({ body }) => body.action);
  t.deepEqual(deeds, ['events.exported', 'events.exported']);
});

test('what is written into the journal is told to whoever watches, and how the terminal does', async (t) => {
  const people = [{ ...somebody('ada'), name: 'Ada Lovelace' }];
  const at = await startDoorConsole(t, { people });
  const listener = await listen(t, await at.server.listen({ host: '127.0.0.1', port: 0 }), at.as.auditor.cookie);
  const of = (type: string) => listener.told.filter((message) => message.type === type);
  t.like(of('terminals')[0], { terminals: [{ id: 'front-door', presence: 'online' }] });
  await until(() => of('heard').length > 0);
  t.like(of('heard')[0], { terminal: 'front-door', heard: { clockAheadMs: null, vitals: { temperatureC: 51 } } });
  at.report({ kind: 'access.reset', body: { what: 'lock-out', personId: 'ada', cause: 'a test' } });
  await at.own.door!.lockdown('a test');
  await until(() => listener.events().length === 2);
  t.like(of('event')[0], { event: { kind: 'access.reset', seq: 1 }, names: { ada: 'Ada Lovelace' } });
  t.like(of('event')[1], { event: { kind: 'door.locked-down', body: { cause: 'a test' } }, names: {} });
  // How it was before may be told again first; this hangs where it is told of no change.
  const doorSaid = () =>
    of('terminals')
      .flatMap((message) => ('terminals' in message ? message.terminals : []))
      .at(-1);
  await until(() => doorSaid()?.status?.door === 'lockdown');
});
