import test, { type ExecutionContext } from 'ava';
import { type FrappeOptions, frappe } from '../../src/payroll/frappe.ts';
import type { PayrollTarget } from '../../src/payroll/target.ts';
import { FrappeSite, type Trouble } from '../support/frappe-site.ts';
import { boss, type PayrollHub, payrollHub } from '../support/payroll-hub.ts';

const started = {
  kind: 'terminal.started',
  body: { version: '1', pack: 'p', embedder: 'e', galleryVersion: 1, people: 1 },
} as const;

async function bench(t: ExecutionContext, more: Partial<FrappeOptions> = {}) {
  const site = await FrappeSite.start(t);
  site.employees.set('ada', 'HR-EMP-00001').set('bo', 'HR-EMP-00002');
  const hub = await payrollHub(t);
  const target = frappe({
    ...{ name: 'erp', url: site.url, token: site.token, app: 'hrms', employeeField: 'attendance_device_id' },
    ...{ timeZone: 'Europe/Berlin', breaks: 'as-out-and-in', timeoutMs: 60_000 },
    ...more,
  });
  return { site, hub, target };
}

/** A day of two people, a correction and its reversal, an added punch, leave, and a clock that was put right. */
async function busyDay(hub: PayrollHub): Promise<void> {
  await hub.send(
    'gate-1',
    ['2026-03-02T08:00+01:00', 'in'],
    ['2026-03-02T12:00+01:00', 'break-start'],
    ['2026-03-02T12:30+01:00', 'break-end'],
    ['2026-03-02T16:30+01:00', 'out'],
    ['2026-03-02T08:10+01:00', 'in', { person: 'bo' }],
  );
  const byMs = Date.parse('2026-03-02T07:00:05Z');
  await hub.send(
    'gate-2',
    ['1970-01-01T00:00:00Z', started, { clock: 'unsynced' }],
    ['1970-01-01T09:30:00Z', 'out', { clock: 'unsynced', person: 'bo' }],
    ['2026-03-02T17:00:00+01:00', { kind: 'clock.stepped', body: { byMs } }],
  );
  const moved = await hub.office.say({ kind: 'move', punch: 'gate-1:4', at: '2026-03-02T16:00:00.000Z' }, boss);
  await hub.office.say({ kind: 'void', punch: 'gate-1:2' }, boss);
  await hub.office.say({ kind: 'reverse', entry: moved }, boss);
  const add = { kind: 'add', personId: 'ada', at: '2026-03-02T17:00:00.000Z', code: 'in', site: 'works' } as const;
  await hub.office.say(add, boss);
  const days = { from: '2026-03-03', to: '2026-03-03' };
  await hub.office.say({ kind: 'leave', personId: 'ada', ...days, leave: 'sick', paid: true }, boss);
}

const afterBusyDay = [
  'HR-EMP-00001 2026-03-02 08:00:00 IN',
  'HR-EMP-00001 2026-03-02 12:30:00 IN',
  'HR-EMP-00001 2026-03-02 16:30:00 OUT',
  'HR-EMP-00001 2026-03-02 18:00:00 IN',
  'HR-EMP-00002 2026-03-02 08:10:00 IN',
  'HR-EMP-00002 2026-03-02 17:30:05 OUT',
];

test('every punch becomes one check-in, on the wall clock of the site, and telling it again tells nothing', async (t) => {
  const { site, hub, target } = await bench(t);
  await busyDay(hub);
  const report = await hub.push(target);
  t.deepEqual([report.stopped, report.refused], [null, []]);
  t.deepEqual(site.counting(), afterBusyDay);
  const { requests } = site;
  t.is((await hub.push(target)).taken, 0);
  t.is(site.requests, requests, 'nothing was asked');
});

test('a correction and its reversal after an export are told, and leave what was there', async (t) => {
  const { site, hub, target } = await bench(t);
  await hub.send('gate-1', ['2026-03-02T08:00+01:00', 'in'], ['2026-03-02T16:30+01:00', 'out']);
  await hub.push(target);
  const before = site.counting();
  const id = await hub.office.say({ kind: 'move', punch: 'gate-1:2', at: '2026-03-02T16:00:00.000Z' }, boss);
  site.checkins[1]!.attendance = 'HR-ATT-1';
  const moved = await hub.push(target);
  t.deepEqual(site.counting(), [before[0], 'HR-EMP-00001 2026-03-02 17:00:00 OUT']);
  t.is(site.checkins.length, 3, 'what was there stays, and is skipped');
  t.regex(moved.looks.join(), /EMP-CKIN-11-2026-000002 is in attendance HR-ATT-1 already/);
  await hub.office.say({ kind: 'reverse', entry: id }, boss);
  await hub.push(target);
  t.deepEqual(site.counting(), before);
  const voided = await hub.office.say({ kind: 'void', punch: 'gate-1:2' }, boss);
  await hub.push(target);
  t.deepEqual(site.counting(), [before[0]]);
  await hub.office.say({ kind: 'reverse', entry: voided }, boss);
  await hub.push(target);
  t.deepEqual(site.counting(), before);
});

/** Rounds until nothing is left: however slow the machine, each brings some of it there. */
async function untilTold(hub: PayrollHub, target: PayrollTarget): Promise<void> {
  for (;;) {
    const { stopped, refused } = await hub.push(target, { again: true });
    if (stopped === null && refused.length === 0) return;
  }
}

const troubles: Trouble[] = [
  'rate limit',
  'server error',
  'bad gateway',
  'silence',
  'cut off after doing it',
  'no rights',
];

for (const trouble of troubles) {
  test(`wherever a round ends by ${trouble}, the next ones finish it, and nothing is there twice or missing`, async (t) => {
    const { site, hub, target } = await bench(t, { timeoutMs: trouble === 'silence' ? 300 : 60_000 });
    await busyDay(hub);
    // The same day again and again, with the trouble at another request each time, until one has no such request.
    for (let at = 1; ; at++) {
      site.checkins.length = 0;
      await hub.db.deleteFrom('payroll_cursors').execute();
      await hub.db.deleteFrom('payroll_items').execute();
      let met = 0;
      let count = 0;
      site.trouble = () => {
        count++;
        // As often as one item is tried: the round has to end.
        if (count < at || met === 2) return null;
        met++;
        return trouble;
      };
      await untilTold(hub, target);
      t.deepEqual(site.counting(), afterBusyDay, `at request ${at}`);
      if (met < 2) break;
    }
  });
}

test('a log of the same second is looked up, in whatever language the site refuses it', async (t) => {
  const { site, hub, target } = await bench(t);
  site.duplicateSays = 'Dieser Mitarbeiter hat bereits ein Protokoll mit demselben Zeitstempel.';
  const there = { name: 'EMP-CKIN-OLD', employee: 'HR-EMP-00001', time: '2026-03-02 08:00:00', log_type: 'IN' };
  site.checkins.push({ ...there, device_id: 'x', skip_auto_attendance: 0, attendance: null });
  await hub.send('gate-1', ['2026-03-02T08:00+01:00', 'in']);
  const report = await hub.push(target);
  t.deepEqual([report.refused, report.stopped, site.checkins.length], [[], null, 1]);
});

test('two punches of one second are one log there, which stays for as long as one of them counts', async (t) => {
  const { site, hub, target } = await bench(t);
  await hub.send('gate-1', ['2026-03-02T08:00:00.100+01:00', 'in'], ['2026-03-02T08:00:00.900+01:00', 'in']);
  await hub.push(target);
  t.is(site.checkins.length, 1);
  await hub.office.say({ kind: 'void', punch: 'gate-1:2' }, boss);
  await hub.push(target);
  t.is(site.counting().length, 1);
  await hub.office.say({ kind: 'void', punch: 'gate-1:1' }, boss);
  await hub.push(target);
  t.is(site.counting().length, 0);
});

test('what would be lost there is refused by name: a second log of a second, and the hour that comes twice', async (t) => {
  const { site, hub, target } = await bench(t);
  await hub.send('gate-1', ['2026-10-25T00:30:00Z', 'in'], ['2026-10-25T01:30:00Z', 'in']);
  const twice = await hub.push(target);
  t.deepEqual(
    twice.refused.map(({ item, why }) => [item, /comes twice that night/.test(why)]),
    [['gate-1:2', true]],
  );
  site.refusesAnySecondLog = true;
  await hub.send('gate-2', ['2026-03-02T08:00:00+01:00', 'in'], ['2026-03-02T08:00:00+01:00', 'out']);
  const { refused } = await hub.push(target);
  t.regex(refused.find(({ item }) => item === 'gate-2:2')?.why ?? '', /same timestamp/);
});

test('somebody unknown there holds up nobody, and is told once they are known', async (t) => {
  const { site, hub, target } = await bench(t);
  site.employees.delete('ada');
  await busyDay(hub);
  const first = await hub.push(target);
  t.true(first.refused.every(({ personId, why }) => personId === 'ada' && /no Employee has the id ada/.test(why)));
  t.is(first.stopped, null);
  t.deepEqual(site.counting(), afterBusyDay.slice(4));
  site.employees.set('ada', 'HR-EMP-00001');
  t.is((await hub.push(target)).taken, 0, 'not before it is due');
  hub.now = new Date(hub.now.getTime() + 300_000);
  t.deepEqual((await hub.push(target)).refused, []);
  t.deepEqual(site.counting(), afterBusyDay);
});

test('an item that the server falls over is passed by, told of, and tried again', async (t) => {
  const { site, hub, target } = await bench(t);
  await busyDay(hub);
  site.trouble = ({ body }) => (body.timestamp === '2026-03-02 08:00:00' ? 'server error' : null);
  const report = await hub.push(target);
  t.deepEqual(
    report.refused.map(({ item, why }) => [item, why]),
    [['gate-1:1', 'it answers 500 Internal Server Error']],
  );
  t.deepEqual(site.counting(), afterBusyDay.slice(1));
  site.trouble = () => null;
  await hub.push(target, { again: true });
  t.deepEqual(site.counting(), afterBusyDay);
});

test('a server that falls over everything is not held against the items', async (t) => {
  const { site, hub, target } = await bench(t);
  await busyDay(hub);
  site.trouble = () => 'server error';
  const report = await hub.push(target);
  t.like(report, { taken: 0, refused: [], stopped: { code: 'payroll.unreachable' } });
  site.trouble = () => 'no rights';
  const turnedAway = await hub.push(target);
  t.like(turnedAway, { taken: 0, refused: [], stopped: { code: 'payroll.denied' } });
  site.trouble = () => null;
  await hub.push(target);
  t.deepEqual(site.counting(), afterBusyDay);
});

test('punches of a terminal that was away come late and are told; those behind a hole wait for it', async (t) => {
  const { site, hub, target } = await bench(t);
  await hub.send('gate-1', ['2026-03-09T08:00+01:00', 'in']);
  await hub.push(target);
  await hub.send('gate-2', ['2026-03-02T08:00+01:00', 'in']);
  await hub.push(target);
  t.deepEqual(site.counting(), ['HR-EMP-00001 2026-03-02 08:00:00 IN', 'HR-EMP-00001 2026-03-09 08:00:00 IN']);
});

test('breaks may be left out, and nothing before an instant is told', async (t) => {
  const { site, hub, target } = await bench(t, { breaks: 'left-out' });
  await busyDay(hub);
  await hub.push(target, { since: new Date('2026-03-02T12:00:00Z') });
  t.deepEqual(site.counting(), [
    'HR-EMP-00001 2026-03-02 16:30:00 OUT',
    'HR-EMP-00001 2026-03-02 18:00:00 IN',
    'HR-EMP-00002 2026-03-02 17:30:05 OUT',
  ]);
});

test('a punch of a clock that turns out to have been right is told then, though a round went by in between', async (t) => {
  const { site, hub, target } = await bench(t);
  await hub.send(
    'gate-1',
    ['2026-03-02T07:57:00+01:00', started, { clock: 'unsynced' }],
    ['2026-03-02T07:58:00+01:00', 'in', { clock: 'unsynced' }],
  );
  t.is((await hub.push(target)).taken, 0);
  await hub.send(
    'gate-1',
    ['2026-03-02T07:59:00+01:00', { kind: 'clock.synced', body: {} }],
    ['2026-03-02T16:30:00+01:00', 'out'],
  );
  await hub.push(target);
  t.deepEqual(site.counting(), ['HR-EMP-00001 2026-03-02 07:58:00 IN', 'HR-EMP-00001 2026-03-02 16:30:00 OUT']);
});

test('a step of a clock that was right already leaves the check-ins of before, weeks later', async (t) => {
  const { site, hub, target } = await bench(t);
  const byMs = Date.parse('2026-03-02T06:58:00Z');
  await hub.send(
    'gate-1',
    ['1970-01-01T00:00:00Z', started, { clock: 'unsynced' }],
    ['1970-01-01T00:02:00Z', 'in', { clock: 'unsynced' }],
    ['2026-03-02T07:05:00Z', { kind: 'clock.stepped', body: { byMs } }],
    ['2026-03-02T07:05:00Z', { kind: 'clock.synced', body: {} }],
  );
  await hub.push(target);
  const { requests } = site;
  await hub.send('gate-1', ['2026-04-20T10:00:00Z', { kind: 'clock.stepped', body: { byMs: 95_000 } }]);
  await hub.push(target);
  t.is(site.requests, requests);
  t.deepEqual(site.counting(), ['HR-EMP-00001 2026-03-02 08:00:00 IN']);
});
