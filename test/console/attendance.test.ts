import { createHash } from 'node:crypto';
import test from 'ava';
import type {
  AttendanceTold,
  EntryTold,
  FindingTold,
  PersonDays,
  PlanTold,
} from '../../src/console/answers/attendance.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { startConsole } from './support/console.ts';
import { march } from './support/march.ts';

const week = 'from=2026-03-02&to=2026-03-03';
const hour = 3_600_000;

test('what is to be looked at is mended by what is proposed, with a reason, and taken back', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const { server, as } = console;
  const report = async () =>
    (await server.inject({ url: `/api/attendance?${week}&person=p02`, headers: as.auditor })).json<AttendanceTold>();
  const enter = (payload: object) =>
    server.inject({ method: 'POST', url: '/api/attendance/entries', headers: as.operator, payload });

  const before = await report();
  t.is(before.people[0]!.workedMs, 7 * hour + 49 * 60_000);
  const finding = before.findings[0] as FindingTold;
  t.like(finding, { kind: 'missing-out', person: 'p02', day: '2026-03-03', costsTime: true });
  const said = finding.proposals[0]!.entry;
  t.is((await enter({ said, reason: ' ' })).statusCode, 400, 'a reason is needed');
  const entered = await enter({ said, reason: 'forgot, told me' });
  t.is(entered.statusCode, 200, entered.body);
  const after = await report();
  t.is(after.findings.length, 0);
  t.is(after.people[0]!.workedMs, 15 * hour + 48 * 60_000);

  const entries = async () =>
    (await server.inject({ url: '/api/attendance/entries', headers: as.auditor })).json().entries;
  t.like((await entries())[0], {
    author: 'operator',
    reason: 'forgot, told me',
    person: { name: 'Grace Hopper' },
    inForce: true,
  });
  const { id } = entered.json();
  t.is((await enter({ said: { kind: 'reverse', entry: id }, reason: 'not true' })).statusCode, 200);
  t.is((await report()).findings.length, 1);
  t.is((await entries()).find((entry: { id: string }) => entry.id === id).inForce, false);
  const [audited] = await console.desk.audit.entries({ limit: 1 });
  t.like(audited, { account: 'operator', action: 'attendance.entered', detail: { kind: 'reverse' } });
});

test('somebody is moved to another group from a day on, and back when that is taken back', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const { server, as } = console;
  const enter = (said: object) =>
    server.inject({
      ...{ method: 'POST', url: '/api/attendance/entries', headers: as.operator },
      payload: { said, reason: 'new contract' },
    });
  const groups = async () =>
    (await server.inject({ url: '/api/people/p02', headers: as.auditor })).json<{ groups: string[] }>().groups;
  const shifts = async () => {
    const url = `/api/attendance/people/p02?${week}`;
    return (await server.inject({ url, headers: as.auditor })).json<PersonDays>().days.map(({ shift }) => shift);
  };
  t.deepEqual(await shifts(), ['day', 'day']);
  const moved = await enter({ kind: 'groups', personId: 'p02', from: '2026-03-03', groups: ['visitors'] });
  t.is(moved.statusCode, 200, moved.body);
  t.deepEqual(await shifts(), ['day', null]);
  t.deepEqual(await groups(), ['visitors']);
  t.is((await enter({ kind: 'reverse', entry: moved.json().id })).statusCode, 200);
  t.deepEqual(await shifts(), ['day', 'day']);
  t.deepEqual(await groups(), ['staff', 'office']);
});

test('a day is explained with its punches and its arithmetic', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const url = `/api/attendance/people/p01?${week}`;
  const { timeZone, days } = (await console.server.inject({ url, headers: console.as.auditor })).json<PersonDays>();
  t.is(timeZone, 'Europe/Berlin');
  t.deepEqual(
    days.map(({ date, in: first, out }) => [date, first, out]),
    [
      ['2026-03-02', '07:56', '17:45'],
      ['2026-03-03', '07:58', '16:33'],
    ],
  );
  t.deepEqual(
    days[0]!.punches.map(({ code, clock, terminal }) => [code, clock, terminal]),
    [
      ['in', '07:56', 'front-door'],
      ['out', '17:45', 'front-door'],
    ],
  );
  t.true(
    days[0]!.steps.some((step) => step.includes('9:49 - 0:30 = 9:19')),
    days[0]!.steps.join('\n'),
  );
});

test('a punch by card after a refused face is told with its day', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const journal = memoryJournal('side-door');
  const body = { personId: 'p01', name: 'Ada', direction: 'in', verifiedBy: ['card'], afterRefusal: 'unknown' };
  journal.append({ kind: 'punch.recorded', body: { ...body, evidence: {} as never } as never });
  const [row] = journal.after(0, 1).map((one) => ({ ...one, at: '2026-03-04T07:00:00.000Z', clock: 'synced' }));
  await storeEvents(console.desk.store.db, [row as unknown as WireEvent], new Date());
  const url = '/api/attendance/people/p01?from=2026-03-03&to=2026-03-04';
  const { days } = (await console.server.inject({ url, headers: console.as.auditor })).json<PersonDays>();
  t.deepEqual(
    days.map(({ punches }) => punches.map(({ proof, afterRefusal }) => [proof, afterRefusal])),
    [
      [
        ['', null],
        ['', null],
      ],
      [['card, after the face was refused (unknown)', 'unknown']],
    ],
  );
});

test('a report is a file for a spreadsheet, and a page to print that may carry its own style and nothing else', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const file = (format: string) =>
    console.server.inject({
      url: `/api/attendance/file?${week}&group=office&format=${format}`,
      headers: console.as.auditor,
    });
  t.is((await file('csv')).body.trimEnd().split('\n').length, 5, 'two people, two days, and the names of the columns');
  t.is((await file('xlsx')).rawPayload.subarray(0, 2).toString(), 'PK');
  const page = await file('html');
  const style = /<style>([\s\S]*?)<\/style>/.exec(page.body)![1]!;
  const hash = createHash('sha256').update(style).digest('base64');
  t.is(
    page.headers['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'`,
  );
});

test('a plan is checked line by line and set by an administrator; without one nothing is counted', async (t) => {
  const { server, as } = await startConsole(t);
  const none = await server.inject({ url: `/api/attendance?${week}`, headers: as.auditor });
  t.is(none.statusCode, 409);
  t.is(none.json().code, 'attendance.no-plan');
  const put = (text: string) =>
    server.inject({
      ...{ method: 'PUT', url: '/api/attendance/plan', headers: as.administrator },
      payload: { text, reason: 'agreed' },
    });
  const wrong = 'sites:\n  works: { timeZone: Europe/Berlin }\neverybody: { rota: nights }\n';
  const checked = await server.inject({
    ...{ method: 'POST', url: '/api/attendance/plan/check', headers: as.auditor },
    payload: { text: wrong },
  });
  t.like(checked.json().problems[0], { line: 3, key: 'everybody.rota' });
  t.is((await put(wrong)).statusCode, 400);
  t.is((await put('sites:\n  works: { timeZone: Europe/Berlin }\n')).statusCode, 200);
  const set = await server.inject({ url: '/api/attendance/plan', headers: as.auditor });
  t.like(set.json().plan, { author: 'administrator', reason: 'agreed' });
  t.is((await server.inject({ url: `/api/attendance?${week}`, headers: as.auditor })).statusCode, 200);
  const text = 'sites:\n  works: { timeZone: Europe/Berlin }\n  annex: { timeZone: Europe/Berlin }\n';
  const later = await server.inject({
    ...{ method: 'PUT', url: '/api/attendance/plan', headers: as.administrator },
    payload: { text, reason: 'an annex', from: '2199-01-01' },
  });
  t.is(later.statusCode, 200, later.body);
  const both = (await server.inject({ url: '/api/attendance/plan', headers: as.auditor })).json<PlanTold>();
  t.is(both.plan?.reason, 'agreed', 'its day has not come');
  t.deepEqual(
    both.versions.map(({ from, reason }) => [from, reason]),
    [
      [null, 'agreed'],
      ['2199-01-01', 'an annex'],
    ],
  );
  const backwards = await server.inject({ url: '/api/attendance?from=2026-03-03&to=2026-03-02', headers: as.auditor });
  t.is(backwards.json().code, 'usage.invalid');
});

test('a plan is taken back by an administrator, among the entries that everybody reads', async (t) => {
  const { server, as, desk } = await startConsole(t);
  const put = (payload: object) =>
    server.inject({ method: 'PUT', url: '/api/attendance/plan', headers: as.administrator, payload });
  const text = 'sites:\n  works: { timeZone: Europe/Berlin }\n';
  const first = (await put({ text, reason: 'agreed' })).json<{ id: string }>().id;
  const second = (await put({ text, reason: 'an annex', from: '2026-01-01' })).json<{ id: string }>().id;
  const plan = async () => (await server.inject({ url: '/api/attendance/plan', headers: as.auditor })).json<PlanTold>();
  t.is((await plan()).plan?.id, second);

  const ask = (role: 'operator' | 'administrator', url: string, entry: string) =>
    server.inject({
      ...{ method: 'POST', url, headers: as[role] },
      payload: { said: { kind: 'reverse', entry }, reason: 'never agreed' },
    });
  t.is((await ask('operator', '/api/attendance/plan/reversals', second)).statusCode, 403);
  const another = await ask('operator', '/api/attendance/entries', second);
  t.is(another.json().code, 'usage.invalid', 'nor by the way on which people are spoken of');
  t.is((await plan()).plan?.id, second);
  const reversed = await ask('administrator', '/api/attendance/plan/reversals', second);
  t.is(reversed.statusCode, 200, reversed.body);
  t.is((await plan()).plan?.id, first);
  t.is((await plan()).versions.length, 1);
  t.is((await ask('administrator', '/api/attendance/plan/reversals', second)).json().code, 'usage.invalid');
  const [audited] = await desk.audit.entries({ limit: 1 });
  t.like(audited, { account: 'administrator', action: 'attendance.plan-reversed' });
  t.deepEqual(audited?.detail, { reason: 'never agreed', entry: second });

  const { entries } = (await server.inject({ url: '/api/attendance/entries', headers: as.auditor })).json();
  t.deepEqual(
    entries.map(({ person, said, inForce }: EntryTold) => [person, said, inForce]),
    [
      [null, { kind: 'reverse', entry: second }, true],
      [null, { kind: 'plan', from: '2026-01-01' }, false],
      [null, { kind: 'plan', from: null }, true],
    ],
  );
  t.is((await ask('administrator', '/api/attendance/plan/reversals', first)).statusCode, 200);
  t.deepEqual(await plan(), { plan: null, versions: [] });
  const report = await server.inject({ url: `/api/attendance?${week}`, headers: as.auditor });
  t.is(report.json().code, 'attendance.no-plan', 'as before there was one');
});
