import test from 'ava';
import type { Policy } from '../../src/attendance/plan.ts';
import { attendance, hour, plan, punches, said } from './support.ts';

const strict = { earlyArrival: 'needs-approval', lateDeparture: 'needs-approval' } as const;

/** 06:00 to 10:00 and 16:00 to 20:00. */
const split = (policy: Partial<Policy> = strict) =>
  plan({ everybody: { site: 'berlin', rota: 'split', policy: 'agreed' } }, policy);

/** By a shift of these stretches, Monday to Friday. */
const nights = (...stretches: { from: string; to: string }[]) =>
  plan(
    {
      shifts: { night: { kind: 'fixed', stretches } },
      rotas: { nights: { from: '2026-03-02', days: ['night', 'night', 'night', 'night', 'night', null, null] } },
      everybody: { site: 'berlin', rota: 'nights', policy: 'agreed' },
    },
    { ...strict, overtime: [{ name: 'rest', on: 'day-off', factor: 1.5 }] },
  );

test('a night in two stretches: the second is on the next day, and all of it of the evening before', (t) => {
  const lines = ['02', '03', '04', '05', '06'].flatMap((day, i) => [
    `in 2026-03-${day}T20:00+01:00`,
    `out 2026-03-0${i + 3}T00:00+01:00`,
    `in 2026-03-0${i + 3}T01:00+01:00`,
    `out 2026-03-0${i + 3}T05:00+01:00`,
  ]);
  const agreed = nights({ from: '20:00', to: '24:00' }, { from: '01:00', to: '05:00' });
  const days = attendance({ punches: punches(...lines) }, { plan: agreed, from: '2026-03-02', to: '2026-03-08' });
  const [each, none] = [
    { worked: 8, planned: 8, overtime: {}, unapproved: 0, findings: [] },
    { worked: 0, planned: 0, overtime: {}, unapproved: 0, findings: [] },
  ];
  t.deepEqual(
    days.map(({ workedMs, plannedMs, overtime, unapprovedMs, findings }) => ({
      ...{ worked: workedMs / hour, planned: plannedMs / hour, overtime },
      ...{ unapproved: unapprovedMs / hour, findings },
    })),
    [each, each, each, each, each, none, none],
  );
});

test('by the wall clock one stretch follows another, also in the night in which the clocks go forward', (t) => {
  const agreed = nights({ from: '22:00', to: '02:30' }, { from: '03:00', to: '06:00' });
  // 02:30 is not there that night, and 03:00 is half an hour before what takes its place.
  const [day] = attendance(
    {},
    { plan: { ...agreed, rotas: { nights: { from: '2026-03-28', days: ['night'] } } }, from: '2026-03-28' },
  );
  t.is(day?.planned.stretches[1]?.fromMs, Date.parse('2026-03-29T03:00+02:00'));
});

test('who stays on between two stretches does so without approval, and goes home with the hours of the shift', (t) => {
  const facts = { punches: punches('in 2026-03-02T06:00+01:00', 'out 2026-03-02T20:00+01:00') };
  const steps: string[] = [];
  const [day] = attendance(facts, { plan: split(), from: '2026-03-02', steps });
  t.is(day?.plannedMs, 8 * hour);
  t.is(day?.workedMs, 8 * hour);
  t.is(day?.unapprovedMs, 6 * hour);
  const says = 'outside the shift and not approved: 6:00; counts from 06:00 to 10:00 and from 16:00 to 20:00';
  t.true(steps.includes(says), steps.join('\n'));
  const approval = said({ kind: 'approve', personId: 'ada', day: '2026-03-02', what: 'late-departure' });
  const [approved] = attendance({ ...facts, entries: [approval] }, { plan: split(), from: '2026-03-02' });
  t.is(approved?.workedMs, 14 * hour);
  t.is(approved?.unapprovedMs, 0);
  t.is(attendance(facts, { plan: split({}), from: '2026-03-02' })[0]?.workedMs, 14 * hour, 'where all of it counts');
});

test('between two stretches, who stays on leaves late, and who comes arrives early', (t) => {
  const facts = {
    punches: punches(
      ...['in 2026-03-02T06:00+01:00', 'out 2026-03-02T10:30+01:00'],
      ...['in 2026-03-02T15:00+01:00', 'out 2026-03-02T20:00+01:00'],
    ),
  };
  const count = (policy: Partial<Policy>) => {
    const [day] = attendance(facts, { plan: split(policy), from: '2026-03-02' });
    return [Number(day?.workedMs) / hour, Number(day?.unapprovedMs) / hour];
  };
  t.deepEqual(count({ earlyArrival: 'needs-approval' }), [8.5, 1]);
  t.deepEqual(count({ lateDeparture: 'needs-approval' }), [9, 0.5]);
  t.deepEqual(count(strict), [8, 1.5]);
});

test('a break between two stretches is nobody`s work, approved or not', (t) => {
  const steps: string[] = [];
  const [day] = attendance(
    {
      punches: punches(
        ...['in 2026-03-02T06:00+01:00', 'break-start 2026-03-02T10:00+01:00'],
        ...['break-end 2026-03-02T15:30+01:00', 'out 2026-03-02T20:00+01:00'],
      ),
    },
    { plan: split(), from: '2026-03-02', steps },
  );
  t.is(day?.workedMs, 8 * hour);
  t.true(
    steps.some((step) => step.startsWith('outside the shift and not approved: 0:30;')),
    steps.join('\n'),
  );
  t.is(day?.unapprovedMs, 0.5 * hour, 'from the end of the break to 16:00');
  t.is(day?.unpaidBreakMs, 0);
});
