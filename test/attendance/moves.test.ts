import test from 'ava';
import { attendanceOf } from '../../src/attendance/attendance.ts';
import type { Worker } from '../../src/attendance/dated-terms.ts';
import { type Entry, type Facts, knownAt } from '../../src/attendance/facts.ts';
import { plainPolicy } from '../../src/attendance/plan.ts';
import { type PlanVersions, versionAt, versionsInTurn, versionsWithin } from '../../src/attendance/plan-version.ts';
import { hour, minute, plan, punches, said, set } from './support.ts';

const crews = plan({
  everybody: { site: 'berlin' },
  groups: {
    nights: { rota: 'nights', policy: 'agreed' },
    days: { rota: 'days', policy: 'agreed' },
    hanoi: { site: 'hanoi', rota: 'days' },
  },
});
const ada: Worker = { id: 'ada', name: 'Ada', groups: ['days'] };

/** That ada is in a group from a day on, said at noon in Berlin. */
const move = (group: string, from: string, saidOn: string): Entry =>
  said({ kind: 'groups', personId: 'ada', from, groups: [group] }, `${saidOn}T11:00:00.000Z`);

function days(
  facts: Partial<Facts>,
  asked: { from: string; to?: string; plans?: PlanVersions; worker?: Worker; steps?: string[] },
) {
  const { from, to = from, plans = [set(crews)], worker = ada, steps = [] } = asked;
  const request = { plans, worker, from, to, nowMs: Date.parse('2027-01-01T00:00Z') };
  const onStep = (date: string, line: string) => void (date === from && steps.push(line));
  return attendanceOf({ punches: [], entries: [], ...facts }, { ...request, onStep }).days;
}

/** The shift of each day on which there is one. */
const shifts = (...given: Parameters<typeof days>) =>
  days(...given).map(({ date, planned }) => `${date.slice(5)} ${planned.shift?.name ?? '-'}`);

test('said on the 12th, she has been in the night shift since the 1st: nights that were late days are nights', (t) => {
  const facts = {
    punches: punches('in 2026-03-09T22:00+01:00', 'out 2026-03-10T06:00+01:00'),
    entries: [move('nights', '2026-03-01', '2026-03-12')],
  };
  const count = (known: Partial<Facts>) => {
    const [day] = days(known, { from: '2026-03-09' });
    return [day?.planned.shift?.name, day?.plannedMs, day?.workedMs, day?.lateMs, day?.held.groups];
  };
  t.deepEqual(count(facts), ['night', 8 * hour, 8 * hour, 0, ['nights']]);
  const before = knownAt(facts, new Date('2026-03-12T10:59:59Z'));
  // As a day it began at 08:00: whoever comes at 22:00 is 14 hours late.
  t.deepEqual(count(before), ['day', 8.5 * hour, 8 * hour, 14 * hour, ['days']], 'as it was known before it was said');
  t.deepEqual(count(knownAt(facts, new Date('2026-03-12T11:00:00Z'))), count(facts), 'and from then on');
  t.deepEqual(shifts(facts, { from: '2026-02-27', to: '2026-03-02' }), [
    ...['02-27 day', '02-28 -'],
    ...['03-01 night', '03-02 night'],
  ]);
});

test('a move on the day on which the clocks go forward: the night before it has seven hours, and is a night', (t) => {
  const worker = { ...ada, groups: ['nights'] };
  const facts = {
    punches: punches(
      ...['in 2026-03-28T22:00+01:00', 'out 2026-03-29T06:00+02:00'],
      ...['in 2026-03-30T08:00+02:00', 'out 2026-03-30T16:30+02:00'],
    ),
    entries: [move('days', '2026-03-29', '2026-04-02')],
  };
  const counted = days(facts, { from: '2026-03-28', to: '2026-03-30', worker });
  t.deepEqual(
    counted.map(({ planned, plannedMs, workedMs, lateMs }) => [planned.shift?.name, plannedMs, workedMs, lateMs]),
    [
      ['night', 7 * hour, 7 * hour, 0],
      [undefined, 0, 0, 0],
      ['day', 8.5 * hour, 8.5 * hour, 0],
    ],
  );
  t.deepEqual(
    counted.flatMap(({ findings }) => findings),
    [],
  );
});

test('dated ahead to the night in which the clocks go back: nine hours of it, and nothing before', (t) => {
  const facts = {
    punches: punches(
      ...['in 2026-10-23T08:00+02:00', 'out 2026-10-23T16:30+02:00'],
      ...['in 2026-10-24T22:00+02:00', 'out 2026-10-25T06:00+01:00'],
    ),
    entries: [move('nights', '2026-10-24', '2026-10-01')],
  };
  const counted = days(facts, { from: '2026-10-23', to: '2026-10-24' });
  t.deepEqual(
    counted.map(({ planned, plannedMs, workedMs }) => [planned.shift?.name, plannedMs, workedMs]),
    [
      ['day', 8.5 * hour, 8.5 * hour],
      ['night', 9 * hour, 9 * hour],
    ],
  );
});

test('a night that ends on the first day of another group is of the evening before, under the rules of then', (t) => {
  const worker = { ...ada, groups: ['nights'] };
  const strict = {
    ...crews,
    policies: { agreed: { ...plainPolicy, roundOut: { toMinutes: 60, mode: 'down' } } },
  } as const;
  const ruled = { ...strict, groups: { ...strict.groups, days: { rota: 'days' } } };
  const facts = {
    punches: punches('in 2026-03-10T22:00+01:00', 'out 2026-03-11T06:20+01:00'),
    entries: [move('days', '2026-03-11', '2026-03-20')],
  };
  const [tenth, eleventh] = days(facts, { from: '2026-03-10', to: '2026-03-11', worker, plans: [set(ruled)] });
  t.is(tenth?.workedMs, 8 * hour, 'its end is rounded as nights are');
  t.is(eleventh?.workedMs, 0);
  t.is(eleventh?.planned.shift?.name, 'day');
});

test('who says since when something holds speaks of the days until today; what was dated ahead stays ahead', (t) => {
  const worker: Worker = { ...ada, formerly: [{ until: '2026-03-05T09:00:00.000Z', groups: ['hanoi'] }] };
  const entries = [move('hanoi', '2026-04-01', '2026-03-10'), move('nights', '2026-03-01', '2026-03-12')];
  const into = (said: readonly Entry[], given: Worker = worker) =>
    days({ entries: said }, { from: '2026-02-28', to: '2026-04-01', worker: given })
      .filter(({ held }, i, all) => i === 0 || held.groups !== all[i - 1]?.held.groups)
      .map(({ date, held }) => `${date.slice(5)} ${held.groups}`);
  t.deepEqual(into([]), ['02-28 hanoi', '03-05 days']);
  t.deepEqual(into(entries), ['02-28 hanoi', '03-01 nights', '04-01 hanoi'], 'what was heard on the 5th is over');
  const heardLater: Worker = {
    ...{ ...ada, groups: ['days'] },
    formerly: [
      { until: '2026-03-05T09:00:00.000Z', groups: ['hanoi'] },
      { until: '2026-03-15T09:00:00.000Z', groups: ['days'] },
    ],
  };
  t.deepEqual(into(entries, heardLater), ['02-28 hanoi', '03-01 nights', '03-15 days', '04-01 hanoi']);
  const reversal = said({ kind: 'reverse', entry: entries[1]!.id }, '2026-03-13T00:00:00.000Z');
  t.deepEqual(into([...entries, reversal]), ['02-28 hanoi', '03-05 days', '04-01 hanoi']);
});

const shorter = {
  ...crews,
  shifts: { ...crews.shifts, day: { kind: 'fixed', stretches: [{ from: '08:00', to: '15:00' }] } },
} as const;

test('a plan that counts from a day leaves the days before it as they were counted', (t) => {
  const plans = versionsInTurn([set(crews), set(shorter, { from: '2026-03-10', on: '2026-03-20' })])!;
  const facts = { punches: punches('in 2026-03-09T08:00+01:00', 'out 2026-03-09T16:30+01:00') };
  const steps: string[] = [];
  const counted = days(facts, { from: '2026-03-09', to: '2026-03-10', plans, steps });
  t.deepEqual(
    counted.map(({ plannedMs, earlyLeaveMs }) => [plannedMs, earlyLeaveMs]),
    [
      [8.5 * hour, 0],
      [7 * hour, 0],
    ],
  );
  t.true(steps.includes(`plan of 2026-01-01 by boss: as agreed [${plans[0].id}]`), steps.join('\n'));
  t.deepEqual(
    counted.map(({ held }) => held.version.from),
    [undefined, '2026-03-10'],
  );
});

test('the day and the move that a day is counted by are told with it', (t) => {
  const entries = [move('nights', '2026-03-01', '2026-03-12')];
  const plans = versionsInTurn([set(crews), set(crews, { from: '2026-03-05', on: '2026-03-01' })])!;
  const steps: string[] = [];
  days({ entries }, { from: '2026-03-09', plans, steps });
  t.true(
    steps.includes(`plan of 2026-03-01 by boss: as agreed [${plans[1]?.id}], counts from 2026-03-05`),
    steps.join('\n'),
  );
  t.true(steps.includes(`groups nights from 2026-03-01, said 2026-03-12 by boss: as agreed [${entries[0]!.id}]`));
});

test('a plan for every day takes the place of all before it, save the one that is dated ahead', (t) => {
  const [first, ahead] = [set(crews), set(shorter, { from: '2026-04-01', on: '2026-03-10' })];
  const mend = set(crews, { on: '2026-03-12' });
  const ids = (all: Parameters<typeof versionsInTurn>[0]) => versionsInTurn(all)?.map(({ id }) => id);
  t.deepEqual(ids([first, ahead, mend]), [mend.id, ahead.id]);
  t.deepEqual(ids([first, ahead, set(crews, { from: '2026-02-01', on: '2026-04-02' })])?.length, 2, 'its day has come');
  const other = set(crews, { from: '2026-04-01', on: '2026-03-20' });
  t.deepEqual(ids([first, ahead, other]), [first.id, other.id], 'for the same day, the one set last');
  t.is(versionsInTurn([]), null);
  const plans = versionsInTurn([first, ahead])!;
  t.is(versionAt(plans, Date.parse('2026-03-31T16:59:00Z')).id, first.id);
  t.is(versionAt(plans, Date.parse('2026-03-31T17:00:00Z')).id, ahead.id, 'midnight in Hanoi');
  t.deepEqual(versionsWithin(plans, { from: '2026-03-01', to: '2026-03-31' }), [first]);
  t.deepEqual(versionsWithin(plans, { from: '2026-03-31', to: '2026-04-01' }), [first, ahead]);
  t.deepEqual(versionsWithin(plans, { from: '2026-04-01', to: '2026-04-30' }), [ahead]);
});

test('the oldest plan counts for the days before it as well, and a way between sites is judged by the plan of its day', (t) => {
  const quick = { ...crews, travel: [{ between: ['berlin', 'hanoi'], minutes: 60 }] } as const;
  const slow = { ...crews, travel: [{ between: ['berlin', 'hanoi'], minutes: 900 }] } as const;
  const plans = versionsInTurn([set(quick, { from: '2026-03-05' }), set(slow, { from: '2026-03-10' })])!;
  const facts = (day: string) => ({
    punches: punches(
      ...[`in ${day}T08:00:00+01:00`, `out ${day}T09:00:00+01:00`],
      ...[`in ${day}T11:00:00+01:00 hanoi`, `out ${day}T12:00:00+01:00 hanoi`],
    ),
  });
  const kinds = (day: string) => days(facts(day), { from: day, plans })[0]!.findings.map(({ kind }) => kind);
  t.deepEqual(kinds('2026-03-02'), []);
  t.deepEqual(kinds('2026-03-11'), ['impossible-travel']);
  t.is(days(facts('2026-03-02'), { from: '2026-03-02', plans })[0]?.workedMs, 120 * minute);
});
