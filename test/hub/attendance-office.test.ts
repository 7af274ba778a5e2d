import { join } from 'node:path';
import test from 'ava';
import type { Attendance } from '../../src/attendance/attendance.ts';
import { type Plan, plainPolicy } from '../../src/attendance/plan.ts';
import type { Occurrence } from '../../src/domain/event.ts';
import { type AttendanceOffice, attendanceOffice } from '../../src/hub/attendance-office.ts';
import type { AttendanceQuery } from '../../src/hub/attendance-report.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { begun, changeHubKeyFile, createHubKeys, retired, switched } from '../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { temporaryFolders } from '../support/folders.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const folder = temporaryFolders(test);
const hour = 3_600_000;
const boss = { author: 'boss', reason: 'as agreed' };
const works: Plan = {
  sites: { works: { timeZone: 'Europe/Berlin' } },
  holidays: {},
  shifts: { day: { kind: 'fixed', stretches: [{ from: '08:00', to: '16:30' }] } },
  rotas: { weekdays: { from: '2026-01-05', days: ['day', 'day', 'day', 'day', 'day', null, null] } },
  policies: { agreed: plainPolicy },
  groups: {},
  people: {},
  everybody: { rota: 'weekdays', policy: 'agreed' },
  travel: [],
};

/** An office with a clock that the test sets. */
async function office(t: import('ava').ExecutionContext) {
  const file = join(folder(), 'hub-keys.json');
  await createHubKeys(file);
  let now = new Date('2026-03-31T12:00:00Z');
  const store = await openHubStore(':memory:', { now: () => now });
  t.teardown(() => store.close());
  const clock = { now: () => now, monotonicMs: () => 0, quality: () => 'synced' as const };
  return {
    store,
    keyFile: file,
    clock,
    office: attendanceOffice({ store, keys: await openHubKeyring(file), clock }),
    at: (text: string) => {
      now = new Date(text);
      return now;
    },
  };
}

/** What a terminal sends: punches of `ada` at instants, and whatever else it says. */
function events(
  ...said: readonly [at: string, occurrence: Occurrence | 'in' | 'out', clock?: 'unsynced'][]
): WireEvent[] {
  const journal = memoryJournal('gate-1');
  const punch = (direction: 'in' | 'out'): Occurrence => ({
    kind: 'punch.recorded',
    body: { personId: 'ada', name: 'Ada', direction, evidence: {} as never },
  });
  for (const [, what] of said) journal.append(typeof what === 'string' ? punch(what) : what);
  const rows = journal.after(0, said.length) as unknown as WireEvent[];
  return rows.map((row, i) => ({ ...row, at: new Date(said[i]![0]).toISOString(), clock: said[i]![2] ?? 'synced' }));
}

async function reported(desk: AttendanceOffice, query: AttendanceQuery): Promise<Attendance[]> {
  const all: Attendance[] = [];
  for await (const attendance of desk.report(query)) all.push(attendance);
  return all;
}

const template = { model: 'none', scale: 1, data: new Int8Array(4).fill(1) };
const ada = { id: 'ada', name: 'Ada', validFrom: null, validUntil: null, templates: [template] };
const march2 = { from: '2026-03-02', to: '2026-03-02' };

test('without a plan nothing is counted, and the mend is said', async (t) => {
  const { office: desk } = await office(t);
  await t.throwsAsync(reported(desk, march2), { code: 'attendance.no-plan' });
});

test('a report comes out later as it came out then: punches that came late, corrections, and another plan', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-03-01T00:00Z');
  await desk.setPlan(works, boss);
  const day = events(
    ['2026-03-02T08:00+01:00', 'in'],
    ['2026-03-02T16:30+01:00', 'out'],
    ['2026-03-02T17:00+01:00', 'in'],
  );
  await storeEvents(store.db, day.slice(0, 1), at('2026-03-02T07:00Z'));
  await storeEvents(store.db, day.slice(1), at('2026-03-10T00:00Z'));
  at('2026-03-20T00:00Z');
  const id = await desk.say({ kind: 'void', punch: 'gate-1:3' }, boss);
  at('2026-03-25T00:00Z');
  const stingy = {
    ...works,
    policies: { agreed: { ...plainPolicy, roundOut: { toMinutes: 60, mode: 'down' as const } } },
  };
  await desk.setPlan(stingy, boss);
  at('2026-03-31T00:00Z');
  const asOf = async (text?: string) => {
    const [attendance] = await reported(desk, { ...march2, ...(text !== undefined && { asOf: new Date(text) }) });
    const [counted] = attendance!.days;
    return [counted!.workedMs / hour, counted!.findings.map(({ kind }) => kind)];
  };
  t.deepEqual(await asOf('2026-03-05T00:00Z'), [0, ['missing-out']], 'the OUT had not come yet');
  t.deepEqual(await asOf('2026-03-15T00:00Z'), [8.5, ['missing-out']]);
  t.deepEqual(await asOf('2026-03-21T00:00Z'), [8.5, []]);
  t.deepEqual(await asOf(), [8, []]);
  await desk.say({ kind: 'reverse', entry: id }, boss);
  t.deepEqual(await asOf(), [8, ['missing-out']]);
});

test('events that come twice, and in any order, are punches once', async (t) => {
  const { office: desk, store } = await office(t);
  await desk.setPlan(works, boss);
  const day = events(['2026-03-02T08:00+01:00', 'in'], ['2026-03-02T16:30+01:00', 'out']);
  await storeEvents(store.db, [...day].reverse(), new Date());
  await storeEvents(store.db, day, new Date());
  const [attendance] = await reported(desk, { ...march2, asOf: new Date('2030-01-01') });
  t.is(attendance?.days[0]?.workedMs, 8.5 * hour);
  t.is(attendance?.days[0]?.punches.length, 2);
});

test('a clock that was put right corrects the punches of that run, says so, and leaves those of the run before', async (t) => {
  const { office: desk, store, at } = await office(t);
  await desk.setPlan(works, boss);
  const started = {
    kind: 'terminal.started',
    body: { version: '1', pack: 'p', embedder: 'e', galleryVersion: 1, people: 1 },
  } as const;
  const byMs = Date.parse('2026-03-02T07:00Z') - Date.parse('1970-01-01T00:00Z');
  const rows = events(
    ['1970-01-01T00:00:05Z', 'in', 'unsynced'],
    ['1970-01-01T00:00:00Z', started, 'unsynced'],
    ['1970-01-01T00:00:00Z', 'in', 'unsynced'],
    ['2026-03-02T07:10Z', { kind: 'clock.stepped', body: { byMs } }],
    ['2026-03-02T16:30+01:00', 'out'],
  );
  await storeEvents(store.db, rows, at('2026-03-02T17:00Z'));
  at('2026-04-01T00:00Z');
  const [attendance] = await reported(desk, march2);
  const [day] = attendance!.days;
  t.is(day?.workedMs, 8.5 * hour);
  const [punch] = day!.punches;
  t.is(punch?.at, '1970-01-01T00:00:00.000Z', 'what was recorded stays');
  t.is(punch?.corrected?.at, '2026-03-02T07:00:00.000Z');
  t.regex(punch?.corrected?.reason ?? '', /event 4/);
  t.true(day?.findings.some(({ kind, about }) => kind === 'clock-unsynced' && about[0] === 'gate-1:1'));
});

test('a clock that turns out to have been right is no finding; a step that came later was not known before', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-03-01T00:00Z');
  await desk.setPlan(works, boss);
  const rows = events(
    ['2026-03-02T07:00Z', 'in', 'unsynced'],
    ['2026-03-02T15:30Z', 'out', 'unsynced'],
    ['2026-03-02T16:00Z', { kind: 'clock.synced', body: {} }],
  );
  await storeEvents(store.db, rows.slice(0, 2), at('2026-03-02T15:31Z'));
  await storeEvents(store.db, rows.slice(2), at('2026-03-03T00:00Z'));
  at('2026-03-04T00:00Z');
  const counted = async (asOf?: string) => {
    const [attendance] = await reported(desk, { ...march2, ...(asOf !== undefined && { asOf: new Date(asOf) }) });
    return attendance!.days[0]!;
  };
  const known = await counted();
  t.deepEqual([known.workedMs, known.findings], [8.5 * hour, []]);
  t.regex(known.punches[0]?.corrected?.reason ?? '', /event 3 says that it was/);
  const before = await counted('2026-03-02T20:00Z');
  t.deepEqual(
    before.findings.map(({ kind }) => kind),
    ['clock-unsynced', 'clock-unsynced'],
    'as it was known then',
  );
});

test('a step of a clock that was vouched for moves no punch of before, weeks after it was paid', async (t) => {
  const { office: desk, store, at } = await office(t);
  await desk.setPlan(works, boss);
  const rows = events(
    ['2026-03-02T06:59:30Z', 'in', 'unsynced'],
    ['2026-03-02T07:00:30Z', { kind: 'clock.synced', body: {} }],
    ['2026-03-02T15:30Z', 'out'],
    ['2026-05-10T08:00Z', { kind: 'clock.stepped', body: { byMs: 600_000 } }],
  );
  await storeEvents(store.db, rows, at('2026-05-10T08:01Z'));
  const [attendance] = await reported(desk, march2);
  t.is(attendance!.days[0]!.punches[0]?.corrected?.at, '2026-03-02T06:59:30.000Z');
});

test('a punch of an unset clock is found on the day on which it was, and its mend mends it', async (t) => {
  const { office: desk, store, at } = await office(t);
  await desk.setPlan(works, boss);
  const started = {
    kind: 'terminal.started',
    body: { version: '1', pack: 'p', embedder: 'e', galleryVersion: 1, people: 1 },
  } as const;
  const rows = events(
    ['1970-01-01T00:00:00Z', started, 'unsynced'],
    ['1970-01-01T00:01:00Z', 'in', 'unsynced'],
    ['1970-01-01T00:02:00Z', { kind: 'broker.connected', body: { url: 'mqtt://b' } }, 'unsynced'],
    ['2026-03-02T08:30Z', started],
    ['2026-03-02T15:30Z', 'out'],
  );
  // Connected a minute after the punch: the hub heard of it then, a second late.
  await storeEvents(store.db, rows.slice(0, 3), at('2026-03-02T07:01:01Z'));
  await storeEvents(store.db, rows.slice(3), at('2026-03-02T15:30Z'));
  at('2026-04-01T00:00Z');
  const findings = async () => (await reported(desk, march2))[0]!.days[0]!.findings;
  const [unset] = (await findings()).filter(({ kind }) => kind === 'clock-unsynced');
  t.true(unset?.costsTime);
  const [mend] = unset!.proposals;
  t.deepEqual(mend?.entry, { kind: 'move', punch: 'gate-1:2', at: '2026-03-02T07:00:01.000Z' });
  await desk.say(mend!.entry, boss);
  const [attendance] = await reported(desk, march2);
  t.is(attendance?.days[0]?.workedMs, 8.5 * hour - 1000);
  t.deepEqual(attendance?.days[0]?.findings, []);
});

test('what was written into the database by somebody else is refused, and not counted', async (t) => {
  const { office: desk, store } = await office(t);
  await desk.setPlan(works, boss);
  await storeEvents(store.db, events(['2026-03-02T08:00+01:00', 'in']), new Date());
  const id = await desk.say({ kind: 'leave', personId: 'ada', ...march2, leave: 'sick', paid: true }, boss);
  await store.db
    .insertInto('statements')
    .values({
      ...{
        id: `${id.slice(0, -1)}${id.endsWith('Z') ? 'Y' : 'Z'}`,
        kind: 'leave',
        person_id: 'ada',
        recorded_at: '2026-03-01T00:00:00.000Z',
      },
      jws: (await store.db.selectFrom('statements').select('jws').where('id', '=', id).executeTakeFirstOrThrow()).jws,
    })
    .execute();
  await t.throwsAsync(desk.statements.entries(), { code: 'attendance.statement-forged' });
});

test('a correction of what is not there is refused', async (t) => {
  const { office: desk } = await office(t);
  await t.throwsAsync(desk.say({ kind: 'void', punch: 'gate-1:99' }, boss), { code: 'usage.invalid' });
  await t.throwsAsync(desk.say({ kind: 'reverse', entry: 'nothing' }, boss), { code: 'usage.invalid' });
});

test('what would be a slip of the pen for good is refused, and nothing of it is in the books', async (t) => {
  const { office: desk, store } = await office(t);
  await storeEvents(store.db, events(['2026-03-02T08:00+01:00', 'in']), new Date());
  await desk.setPlan(works, boss);
  const out = { kind: 'add', personId: 'ada', code: 'out', at: '2026-03-02T15:30:00.000Z', site: 'works' } as const;
  await t.throwsAsync(desk.say({ ...out, site: 'wokrs' }, boss), { message: /no site wokrs/ });
  await t.throwsAsync(desk.say({ ...out, personId: 'adda' }, boss), { message: /nobody adda/ });
  await t.throwsAsync(desk.say(out, { ...boss, reason: ' ' }), { message: /reason is empty/ });
  await t.throwsAsync(desk.setPlan(works, { ...boss, reason: '' }), { message: /reason is empty/ });
  t.deepEqual(await desk.statements.entries(), []);
});

test('a correction of a punch that does not count is refused by the entry that took it out', async (t) => {
  const { office: desk, store } = await office(t);
  await storeEvents(store.db, events(['2026-03-02T08:00+01:00', 'in']), new Date());
  const gone = await desk.say({ kind: 'void', punch: 'gate-1:1' }, boss);
  const move = { kind: 'move', punch: 'gate-1:1', at: '2026-03-02T07:30:00.000Z' } as const;
  for (const said of [
    move,
    { kind: 'recode', punch: 'gate-1:1', code: 'out' },
    { kind: 'void', punch: 'gate-1:1' },
  ] as const)
    await t.throwsAsync(desk.say(said, boss), { code: 'usage.invalid', message: new RegExp(`${gone} took it out`) });
  await desk.say({ kind: 'reverse', entry: gone }, boss);
  await t.notThrowsAsync(desk.say(move, boss));
  const at = '2026-03-02T15:30:00.000Z';
  const add = await desk.say({ kind: 'add', personId: 'ada', at, code: 'out', site: 'works' }, boss);
  const back = await desk.say({ kind: 'reverse', entry: add }, boss);
  const error = await t.throwsAsync(desk.say({ ...move, punch: add }, boss), { code: 'usage.invalid' });
  t.regex((error as { hint?: string }).hint ?? '', new RegExp(`reverse ${back}`));
});

test('an entry is taken back once, and had again by reversing its reversal', async (t) => {
  const { office: desk, store } = await office(t);
  await storeEvents(store.db, events(['2026-03-02T08:00+01:00', 'in']), new Date());
  const entry = await desk.say({ kind: 'void', punch: 'gate-1:1' }, boss);
  const reversal = await desk.say({ kind: 'reverse', entry }, boss);
  await t.throwsAsync(desk.say({ kind: 'reverse', entry }, boss), { message: /taken back already/ });
  await desk.say({ kind: 'reverse', entry: reversal }, boss);
  await t.notThrowsAsync(desk.say({ kind: 'reverse', entry }, boss));
});

test('what was said before the key of the hub changed is still its word', async (t) => {
  const { store, keyFile, clock } = await office(t);
  const desk = async () => attendanceOffice({ store, keys: await openHubKeyring(keyFile), clock });
  await storeEvents(store.db, events(['2026-03-02T08:00+01:00', 'in']), clock.now());
  const before = await (await desk()).setPlan(works, boss);
  await (await desk()).say({ kind: 'leave', personId: 'ada', ...march2, leave: 'sick', paid: true }, boss);
  await changeHubKeyFile(keyFile, (now) => begun(now, ['hub']));
  await changeHubKeyFile(keyFile, switched);
  t.is((await (await desk()).statements.entries()).length, 1, 'while both are good');
  await changeHubKeyFile(keyFile, retired);
  t.is((await (await desk()).plan()).id, before);
  t.is((await (await desk()).statements.entries()).length, 1);
});

test('each day goes by the groups of that day, as they were known then; erasing somebody moves them nowhere', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-02-01T00:00Z');
  await desk.setPlan({ ...works, everybody: {}, groups: { day: { rota: 'weekdays' } } }, boss);
  await store.add({ ...ada, groups: ['day'] });
  at('2026-03-10T00:00Z');
  await store.replace({ ...ada, name: 'Ada L.', groups: ['day'] });
  at('2026-03-20T00:00Z');
  await store.replace({ ...ada, groups: ['office'] });
  at('2026-04-01T00:00Z');
  const planned = async (date: string, asOf?: string) => {
    const query = { from: date, to: date, personId: 'ada', ...(asOf && { asOf: new Date(asOf) }) };
    const [one] = await reported(desk, query);
    return one?.days[0]?.plannedMs;
  };
  t.is(await planned('2026-03-02'), 8.5 * hour);
  t.is(await planned('2026-03-19'), 8.5 * hour);
  t.is(await planned('2026-03-20'), 0, 'from the day on which it was said');
  t.is(await planned('2026-03-20', '2026-03-19T00:00Z'), 8.5 * hour, 'nobody knew it then');
  const members = async (from: string, to: string) =>
    (await reported(desk, { from, to, group: 'day' })).map(({ worker }) => worker.id);
  t.deepEqual(await members('2026-03-01', '2026-03-31'), ['ada'], 'on some days of it');
  t.deepEqual(await members('2026-03-20', '2026-03-31'), []);
  const rows = () => store.db.selectFrom('group_history').select('groups').orderBy('since').execute();
  t.deepEqual(
    (await rows()).map(({ groups }) => groups),
    ['["day"]', '["office"]'],
    'a change of the name is none of the groups',
  );
  await storeEvents(store.db, events(['2026-03-19T08:00+01:00', 'in']), at('2026-04-01T00:00Z'));
  await store.erase('ada');
  t.is(await planned('2026-03-19'), 8.5 * hour);
  t.is(await planned('2026-03-20'), 0);
  t.is(await planned('2026-03-20', '2026-03-19T00:00Z'), 8.5 * hour);
  t.deepEqual(await members('2026-03-01', '2026-03-31'), ['ada']);
});

test('of whoever is erased and never worked, no group is kept', async (t) => {
  const { store } = await office(t);
  await store.add({ ...ada, groups: ['day'] });
  await store.erase('ada');
  t.deepEqual(await store.db.selectFrom('group_history').selectAll().execute(), []);
});

test('after an erasure nobody is expected, but for leave that was agreed and for late punches', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-02-01T00:00Z');
  await desk.setPlan({ ...works, everybody: {}, groups: { day: { rota: 'weekdays' } } }, boss);
  await store.add({ ...ada, groups: ['day'] });
  await storeEvents(store.db, events(['2026-03-09T08:00+01:00', 'in']), at('2026-03-09T09:00Z'));
  const leave = { from: '2026-03-12', to: '2026-03-13', leave: 'holiday', paid: true } as const;
  await desk.say({ kind: 'leave', personId: 'ada', ...leave }, boss);
  at('2026-03-10T12:00Z');
  await store.erase('ada');
  const late = events(...['09', '16'].map((day) => [`2026-03-${day}T08:00+01:00`, 'in'] as [string, 'in']));
  await storeEvents(store.db, late.slice(1), at('2026-03-31T00:00Z'));
  const [one] = await reported(desk, { from: '2026-03-09', to: '2026-03-17' });
  t.deepEqual(
    one?.days.map(({ plannedMs, creditedMs }) => [plannedMs / hour, creditedMs / hour].join()),
    ['8.5,0', '8.5,0', '0,0', '8.5,8.5', '8.5,8.5', '0,0', '0,0', '8.5,0', '0,0'],
  );
  t.deepEqual(
    one?.days.flatMap(({ findings, date }) => findings.map(({ kind }) => `${date} ${kind}`)),
    ['2026-03-09 missing-out', '2026-03-10 absent', '2026-03-16 missing-out'],
  );
  t.deepEqual(await reported(desk, { from: '2026-03-20', to: '2026-03-31' }), []);
});

test('who was erased is in a report of days into which their punches were moved, and not in others', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-01-01T00:00Z');
  await desk.setPlan(works, boss);
  await store.add({ ...ada, groups: [] });
  await storeEvents(
    store.db,
    events(['2026-01-01T00:10Z', 'in', 'unsynced'], ['2026-02-02T08:00Z', 'in']),
    at('2026-02-03T00:00Z'),
  );
  await desk.say({ kind: 'move', punch: 'gate-1:1', at: '2026-03-02T07:00:00Z' }, boss);
  await store.erase('ada');
  at('2026-06-01T00:00Z');
  const ids = async (day: string) => (await reported(desk, { from: day, to: day })).map(({ worker }) => worker.id);
  t.deepEqual(await ids('2026-03-02'), ['ada']);
  t.deepEqual(await ids('2026-03-10'), []);
});

test('a plan from a day on leaves the days before as they were; what was known before it was set stays', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-03-01T00:00Z');
  await desk.setPlan(works, boss);
  const two = ['2026-03-02', '2026-03-03'].flatMap((day) => [
    [`${day}T08:00+01:00`, 'in'] as [string, 'in'],
    [`${day}T16:45+01:00`, 'out'] as [string, 'out'],
  ]);
  await storeEvents(store.db, events(...two), at('2026-03-04T00:00Z'));
  at('2026-03-10T00:00Z');
  const hours = { agreed: { ...plainPolicy, roundOut: { toMinutes: 60, mode: 'down' as const } } };
  const moved = { works: { timeZone: 'Europe/Berlin' }, annex: { timeZone: 'Europe/Berlin', terminals: ['gate-1'] } };
  const next = { ...works, sites: moved, everybody: { ...works.everybody, site: 'works' }, policies: hours };
  const id = await desk.setPlan(next, { ...boss, from: '2026-03-03' });
  at('2026-03-31T00:00Z');
  const counted = async (asOf?: string) => {
    const query = { from: '2026-03-02', to: '2026-03-03', ...(asOf !== undefined && { asOf: new Date(asOf) }) };
    const [attendance] = await reported(desk, query);
    return attendance!.days.map(({ workedMs, punches }) => [workedMs / hour, punches[0]?.site]);
  };
  t.deepEqual(await counted(), [
    [8.75, 'works'],
    [8, 'annex'],
  ]);
  t.deepEqual(await counted('2026-03-09T00:00Z'), [
    [8.75, 'works'],
    [8.75, 'works'],
  ]);
  t.deepEqual(
    (await desk.plans()).map(({ from, id: version }) => [from, version === id]),
    [
      [undefined, false],
      ['2026-03-03', true],
    ],
  );
  t.is((await desk.plan()).id, id);
});

test('a plan is taken back, once: days are counted as before it, and a report of then still comes out as it did', async (t) => {
  const { office: desk, store, at } = await office(t);
  at('2026-03-01T00:00Z');
  const first = await desk.setPlan(works, boss);
  const day = events(['2026-03-02T08:00+01:00', 'in'], ['2026-03-02T16:45+01:00', 'out']);
  await storeEvents(store.db, day, at('2026-03-04T00:00Z'));
  at('2026-03-10T00:00Z');
  const hourly = {
    ...works,
    policies: { agreed: { ...plainPolicy, roundOut: { toMinutes: 60, mode: 'down' as const } } },
  };
  const mistake = await desk.setPlan(hourly, { ...boss, reason: 'by the hour' });
  at('2026-03-12T00:00Z');
  const reversal = await desk.takeBackPlan(mistake, { author: 'carl', reason: 'never agreed' });
  at('2026-03-31T00:00Z');
  const counted = async (asOf?: string) => {
    const steps: string[] = [];
    const onStep = (_: string, date: string, line: string) => void (date === '2026-03-02' && steps.push(line));
    const query = { ...march2, onStep, ...(asOf !== undefined && { asOf: new Date(asOf) }) };
    const [attendance] = await reported(desk, query);
    return {
      hours: attendance!.days[0]!.workedMs / hour,
      plan: steps.filter((step) => step.includes('plan of') || step.startsWith('not by')),
    };
  };
  t.deepEqual(await counted(), {
    hours: 8.75,
    plan: [
      `plan of 2026-03-01 by boss: as agreed [${first}]`,
      `not by that of 2026-03-10 by boss: by the hour [${mistake}], taken back 2026-03-12 by carl: never agreed [${reversal}]`,
    ],
  });
  const then = { hours: 8, plan: [`plan of 2026-03-10 by boss: by the hour [${mistake}]`] };
  t.deepEqual(await counted('2026-03-11T00:00Z'), then, 'nobody knew it then');
  t.is((await desk.plan()).id, first);
  t.deepEqual(await desk.statements.entries(), [], 'it is about nobody');
  t.deepEqual(await desk.statements.entriesAfter('', 10), [], 'and nothing to tell a payroll of');
  t.deepEqual(
    (await desk.statements.all()).map(({ id }) => id),
    [first, mistake, reversal],
  );

  const takenBack = { code: 'usage.invalid', message: /taken back already/ };
  await t.throwsAsync(desk.takeBackPlan(mistake, boss), takenBack);
  await t.throwsAsync(desk.takeBackPlan('01NOTHING', boss), { code: 'usage.invalid', message: /no plan 01NOTHING/ });
  await t.throwsAsync(desk.takeBackPlan(first, { ...boss, reason: ' ' }), { message: /reason is empty/ });
  const amongPeople = { code: 'usage.invalid', message: /is about a plan/ };
  await t.throwsAsync(desk.say({ kind: 'reverse', entry: first }, boss), amongPeople);
  const leave = await desk.say({ kind: 'leave', personId: 'ada', ...march2, leave: 'sick', paid: true }, boss);
  await t.throwsAsync(desk.takeBackPlan(leave, boss), { code: 'usage.invalid', message: /no plan/ });
  await desk.say({ kind: 'reverse', entry: leave }, boss);

  await desk.takeBackPlan(reversal, boss);
  t.deepEqual(await counted(), then, 'its reversal was reversed');
});

test('when the last plan is taken back there is none, as before there was one; and a new one counts', async (t) => {
  const { office: desk, at } = await office(t);
  const only = await desk.setPlan(works, boss);
  at('2026-04-02T00:00Z');
  await desk.takeBackPlan(only, boss);
  await t.throwsAsync(desk.plans(), { code: 'attendance.no-plan' });
  await t.throwsAsync(reported(desk, march2), { code: 'attendance.no-plan' });
  t.is((await desk.plans(new Date('2026-04-01T00:00Z')))[0].id, only);
  at('2026-04-03T00:00Z');
  const next = await desk.setPlan(works, boss);
  t.is((await desk.plan()).id, next);
});
