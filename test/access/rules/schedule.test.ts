import test from 'ava';
import type { Period, Rules } from '../../../src/access/rules/rules.ts';
import { occurrenceId, scheduleAt } from '../../../src/access/rules/schedule.ts';
import { instantFrom } from '../../../src/access/rules/wall-time.ts';

const stepMs = 5 * 60_000;
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function rulesOf(timeZone: string, period: Period, more: Rules = {}): Rules {
  return { timeZone, schedules: { s: { periods: [period], onHolidays: 'closed' } }, ...more };
}

function active(rules: Rules, at: string): boolean {
  return scheduleAt('s', rules, new Date(at)).active;
}

/** Minutes in force of the 48 hours from an instant on. */
function minutesInForce(rules: Rules, from: string): number {
  const start = Date.parse(from);
  const steps = Array.from({ length: (48 * 3_600_000) / stepMs }, (_, i) => new Date(start + i * stepMs));
  return steps.filter((at) => scheduleAt('s', rules, at).active).length * 5;
}

// Berlin in 2026, from the tz database: 29 March 02:00 CET is 03:00 CEST (01:00 UTC), 25 October 03:00 CEST is 02:00 CET (01:00 UTC).
const berlin = 'Europe/Berlin';

test('a night shift is an hour shorter when the clocks go forward, and ends at six all the same', (t) => {
  const night = rulesOf(berlin, { days: ['sat'], from: '22:00', to: '06:00' });
  t.false(active(night, '2026-03-28T20:59:59Z'));
  t.true(active(night, '2026-03-28T21:00:00Z'));
  t.true(active(night, '2026-03-29T03:59:59Z'));
  t.false(active(night, '2026-03-29T04:00:00Z'));
  t.is(minutesInForce(night, '2026-03-28T00:00:00Z'), 7 * 60);
});

test('a night shift is an hour longer when the clocks go back, and ends at six all the same', (t) => {
  const night = rulesOf(berlin, { days: ['sat'], from: '22:00', to: '06:00' });
  t.false(active(night, '2026-10-24T19:59:59Z'));
  t.true(active(night, '2026-10-24T20:00:00Z'));
  t.true(active(night, '2026-10-25T04:59:59Z'));
  t.false(active(night, '2026-10-25T05:00:00Z'));
  t.is(minutesInForce(night, '2026-10-24T00:00:00Z'), 9 * 60);
});

test('hours within the hour that is left out never are; within the one that comes twice, they are twice', (t) => {
  const within = rulesOf(berlin, { days: ['sun'], from: '02:15', to: '02:45' });
  t.is(minutesInForce(within, '2026-03-28T12:00:00Z'), 0);
  t.is(minutesInForce(within, '2026-10-24T12:00:00Z'), 60);
  for (const at of ['2026-10-25T00:15:00Z', '2026-10-25T01:15:00Z', '2026-10-25T01:44:59Z'])
    t.true(active(within, at), at);
  for (const at of ['2026-10-25T00:45:00Z', '2026-10-25T01:45:00Z']) t.false(active(within, at), at);
});

test('hours across the change are as long as the clock on the wall shows them', (t) => {
  const across = rulesOf(berlin, { days: ['sun'], from: '01:30', to: '03:30' });
  t.is(minutesInForce(across, '2026-03-28T12:00:00Z'), 60);
  t.is(minutesInForce(across, '2026-10-24T12:00:00Z'), 180);
});

test('Vietnam has no summer time: 07:30 is half past midnight UTC, summer and winter, and Monday begins on Sunday', (t) => {
  const office = rulesOf('Asia/Ho_Chi_Minh', { days: ['mon'], from: '07:30', to: '17:00' });
  for (const monday of ['2026-01-05', '2026-07-06', '2026-11-23']) {
    t.false(active(office, `${monday}T00:29:59Z`), monday);
    t.true(active(office, `${monday}T00:30:00Z`), monday);
    t.true(active(office, `${monday}T09:59:59Z`), monday);
    t.false(active(office, `${monday}T10:00:00Z`), monday);
  }
  const early = rulesOf('Asia/Ho_Chi_Minh', { days: ['mon'], from: '05:00', to: '06:00' });
  t.true(active(early, '2026-11-22T22:30:00Z'));
});

test('a whole day ends at 24:00, and overnight hours belong to the day on which they begin', (t) => {
  const friday = rulesOf('UTC', { days: ['fri'], from: '00:00', to: '24:00' });
  t.true(active(friday, '2026-11-27T23:59:59Z'));
  t.false(active(friday, '2026-11-28T00:00:00Z'));
  const night = rulesOf('UTC', { days: ['fri'], from: '22:00', to: '06:00' });
  t.true(active(night, '2026-11-28T05:59:00Z'));
  t.false(active(night, '2026-11-27T05:59:00Z'), 'the night of Thursday is nobody’s');
  const found = scheduleAt('s', night, new Date('2026-11-28T05:59:00Z'));
  t.is(found.active && occurrenceId(found.occurrence), '2026-11-27 22:00-06:00');
});

test('a holiday closes what it changes; its own hours count, and the night before goes on into it', (t) => {
  const day = { dates: ['12-25'], hours: [{ from: '10:00', to: '12:00' }] };
  const office = rulesOf('UTC', { days: everyDay, from: '08:00', to: '17:00' }, { holidays: { christmas: day } });
  t.false(active(office, '2026-12-25T09:00:00Z'));
  t.true(active(office, '2026-12-25T10:00:00Z'));
  t.true(active(office, '2027-12-25T11:59:00Z'), 'every year');
  t.true(active(office, '2026-12-26T09:00:00Z'));
  const night = rulesOf(
    'UTC',
    { days: everyDay, from: '22:00', to: '06:00' },
    { holidays: { christmas: { ...day, hours: [] } } },
  );
  t.true(active(night, '2026-12-25T05:59:00Z'));
  t.false(active(night, '2026-12-25T22:30:00Z'));
  t.false(active(night, '2026-12-26T05:00:00Z'));
  const other = { christmas: { ...day, schedules: ['another'] } };
  t.true(active({ ...office, holidays: other }, '2026-12-25T09:00:00Z'));
  const guards = { s: { ...office.schedules!.s!, onHolidays: 'as-usual' as const } };
  t.true(active({ ...office, schedules: guards }, '2026-12-25T09:00:00Z'));
});

test('a schedule that does not exist is never in force', (t) => {
  t.deepEqual(scheduleAt('none', {}, new Date()), { active: false, holiday: null, next: null });
});

test('a time on the wall that is left out or comes twice is asked for with an offset', (t) => {
  t.is(instantFrom('2026-11-25T07:30', berlin).toISOString(), '2026-11-25T06:30:00.000Z');
  for (const unclear of ['2026-03-29T02:30', '2026-10-25T02:30', 'soon'])
    t.throws(() => instantFrom(unclear, berlin), { code: 'usage.invalid' }, unclear);
  t.is(instantFrom('2026-10-25T02:30:00+01:00', berlin).toISOString(), '2026-10-25T01:30:00.000Z');
});
