import test from 'ava';
import { attendance, hour, minute, plan, punches, said } from './support.ts';

const automatic = [
  { afterMinutes: 360, minutes: 30 },
  { afterMinutes: 540, minutes: 45 },
];

test('a day: 07:58 to 16:33 with half an hour of break is 8:05', (t) => {
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T07:58+01:00',
        'break-start 2026-03-02T12:00+01:00',
        'break-end 2026-03-02T12:30+01:00',
        'out 2026-03-02T16:33+01:00',
      ),
    },
    { from: '2026-03-02' },
  );
  t.is(day?.workedMs, 8 * hour + 5 * minute);
  t.is(day?.unpaidBreakMs, 30 * minute);
  t.is(day?.plannedMs, 8.5 * hour);
  t.deepEqual(day?.findings, []);
});

test('a night in which the clocks go forward has 7 hours, one in which they go back has 9', (t) => {
  const nights = plan({ everybody: { site: 'berlin', rota: 'nights', policy: 'agreed' } });
  const spring = attendance(
    { punches: punches('in 2026-03-28T22:00+01:00', 'out 2026-03-29T06:00+02:00') },
    { plan: nights, from: '2026-03-28' },
  );
  t.is(spring[0]?.workedMs, 7 * hour);
  t.is(spring[0]?.plannedMs, 7 * hour);
  t.is(spring[0]?.lateMs, 0);
  const autumn = attendance(
    { punches: punches('in 2026-10-24T22:00+02:00', 'out 2026-10-25T06:00+01:00') },
    { plan: nights, from: '2026-10-24' },
  );
  t.is(autumn[0]?.workedMs, 9 * hour);
  t.is(autumn[0]?.plannedMs, 9 * hour);
});

test('punches within the hour that comes twice are in the order in which they were', (t) => {
  // 02:50 summer time, then 02:10 winter time: twenty minutes later, not forty earlier.
  const [day] = attendance(
    { punches: punches('in 2026-10-25T02:50+02:00', 'out 2026-10-25T02:10+01:00') },
    { plan: plan({ everybody: { site: 'berlin', policy: 'agreed' } }), from: '2026-10-25' },
  );
  t.is(day?.workedMs, 20 * minute);
});

test('a night belongs to the day on which it began, also for who comes at a quarter past midnight', (t) => {
  const nights = plan({ everybody: { site: 'berlin', rota: 'nights', policy: 'agreed' } });
  const days = attendance(
    { punches: punches('in 2026-03-03T00:15+01:00', 'out 2026-03-03T06:00+01:00') },
    { plan: nights, from: '2026-03-02', to: '2026-03-03', now: '2026-03-03T12:00Z' },
  );
  t.is(days[0]?.workedMs, 5.75 * hour);
  t.is(days[0]?.lateMs, 2.25 * hour);
  t.is(days[1]?.workedMs, 0);
});

test('a week in Hanoi: no clock ever changes there, and its Monday begins on the Sunday of Greenwich', (t) => {
  const week = ['02', '03', '04', '05', '06'].flatMap((day) => [
    `in 2026-03-${day}T08:00+07:00 hanoi`,
    `out 2026-03-${day}T17:00+07:00 hanoi`,
  ]);
  const early = ['in 2026-03-09T06:30+07:00 hanoi', 'out 2026-03-09T12:00+07:00 hanoi'];
  const hanoi = plan({ everybody: { site: 'hanoi', rota: 'days', policy: 'agreed' } });
  const days = attendance(
    { punches: punches(...week, ...early) },
    { plan: hanoi, from: '2026-03-02', to: '2026-03-09' },
  );
  t.deepEqual(
    days.map(({ workedMs }) => workedMs / hour),
    [9, 9, 9, 9, 9, 0, 0, 5.5],
  );
});

test('a split shift: two stretches, and each has its own being late', (t) => {
  const split = plan({ everybody: { site: 'berlin', rota: 'split', policy: 'agreed' } }, { lateAfterMinutes: 5 });
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T06:04+01:00',
        'out 2026-03-02T10:00+01:00',
        'in 2026-03-02T16:20+01:00',
        'out 2026-03-02T19:30+01:00',
      ),
    },
    { plan: split, from: '2026-03-02' },
  );
  t.is(day?.plannedMs, 8 * hour);
  t.is(day?.workedMs, (3 * 60 + 56 + 3 * 60 + 10) * minute);
  t.is(day?.lateMs, 20 * minute, 'four minutes are nobody`s business');
  t.is(day?.earlyLeaveMs, 30 * minute);
});

test('rounding at its boundaries: in to the next quarter, out to the last', (t) => {
  const rounding = plan({}, { roundIn: { toMinutes: 15, mode: 'up' }, roundOut: { toMinutes: 15, mode: 'down' } });
  const worked = (from: string, to: string) =>
    attendance({ punches: punches(`in ${from}`, `out ${to}`) }, { plan: rounding, from: '2026-03-02' })[0]?.workedMs;
  t.is(worked('2026-03-02T08:00:00+01:00', '2026-03-02T16:30:00+01:00'), 8.5 * hour, 'on the boundary nothing moves');
  t.is(worked('2026-03-02T08:00:01+01:00', '2026-03-02T16:29:59+01:00'), 8 * hour);
  t.is(worked('2026-03-02T08:01:00+01:00', '2026-03-02T08:10:00+01:00'), 0, 'never less than nothing');
});

test('rounding to the nearest: seven and a half minutes go up', (t) => {
  const nearest = plan({}, { roundIn: { toMinutes: 15, mode: 'nearest' } });
  const from = (time: string) =>
    attendance(
      { punches: punches(`in ${time}`, 'out 2026-03-02T12:00+01:00') },
      { plan: nearest, from: '2026-03-02' },
    )[0]?.workedMs;
  t.is(from('2026-03-02T08:07:29+01:00'), 4 * hour);
  t.is(from('2026-03-02T08:07:30+01:00'), 3.75 * hour);
});

test('two stretches that rounding pushes into one another are not counted twice', (t) => {
  const generous = plan({}, { roundIn: { toMinutes: 15, mode: 'down' }, roundOut: { toMinutes: 15, mode: 'up' } });
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T08:00+01:00',
        'out 2026-03-02T12:01+01:00',
        'in 2026-03-02T12:14+01:00',
        'out 2026-03-02T16:00+01:00',
      ),
    },
    { plan: generous, from: '2026-03-02' },
  );
  t.is(day?.workedMs, 8 * hour);
});

test('the break of the law: none at six hours, half an hour after, and a minute more never pays less', (t) => {
  const law = plan({}, { breaks: { paidMinutes: 0, automatic } });
  const worked = (to: string) =>
    attendance(
      { punches: punches('in 2026-03-02T08:00+01:00', `out 2026-03-02T${to}+01:00`) },
      { plan: law, from: '2026-03-02' },
    )[0]?.workedMs;
  t.is(worked('14:00'), 6 * hour);
  t.is(worked('14:10'), 6 * hour, 'ten minutes beyond: ten are taken');
  t.is(worked('14:30'), 6 * hour);
  t.is(worked('16:30'), 8 * hour);
  t.is(worked('17:30'), 9 * hour);
  t.is(worked('17:40'), 9 * hour, '9:40 - 0:30 are 9:10, ten minutes over nine: forty are taken');
  t.is(worked('18:00'), 9.25 * hour);
});

test('a break that was taken is not taken off again', (t) => {
  const law = plan({}, { breaks: { paidMinutes: 0, automatic } });
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T08:00+01:00',
        'break-start 2026-03-02T12:00+01:00',
        'break-end 2026-03-02T12:20+01:00',
        'out 2026-03-02T16:30+01:00',
      ),
    },
    { plan: law, from: '2026-03-02' },
  );
  t.is(day?.workedMs, 8 * hour);
  t.is(day?.automaticBreakMs, 10 * minute);
});

test('who goes out for lunch has had the break', (t) => {
  const law = plan({}, { breaks: { paidMinutes: 0, automatic } });
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T08:00+01:00',
        'out 2026-03-02T12:00+01:00',
        'in 2026-03-02T12:45+01:00',
        'out 2026-03-02T16:45+01:00',
      ),
    },
    { plan: law, from: '2026-03-02' },
  );
  t.is(day?.workedMs, 8 * hour);
  t.is(day?.automaticBreakMs, 0);
  t.is(day?.lateMs, 0);
  t.is(day?.earlyLeaveMs, 0);
});

test('fifteen minutes of break are paid, the rest is not', (t) => {
  const paid = plan({}, { breaks: { paidMinutes: 15, automatic: [] } });
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T08:00+01:00',
        'break-start 2026-03-02T10:00+01:00',
        'break-end 2026-03-02T10:25+01:00',
        'out 2026-03-02T12:00+01:00',
      ),
    },
    { plan: paid, from: '2026-03-02' },
  );
  t.is(day?.workedMs, 4 * hour - 10 * minute);
  t.is(day?.paidBreakMs, 15 * minute);
});

test('a break that is paid was taken: nothing of it is taken off again', (t) => {
  const law = plan({}, { breaks: { paidMinutes: 15, automatic } });
  const day = (...pause: string[]) =>
    attendance(
      { punches: punches('in 2026-03-02T08:00+01:00', ...pause, 'out 2026-03-02T16:30+01:00') },
      { plan: law, from: '2026-03-02' },
    )[0];
  const half = day('break-start 2026-03-02T12:00+01:00', 'break-end 2026-03-02T12:30+01:00');
  t.is(half?.workedMs, 8.25 * hour, '8:30 less the half of the break that is not paid');
  t.is(half?.automaticBreakMs, 0);
  const quarter = day('break-start 2026-03-02T12:00+01:00', 'break-end 2026-03-02T12:15+01:00');
  t.is(quarter?.workedMs, 8.25 * hour, '8:30, the break is paid, and a quarter of an hour was not taken');
  t.is(quarter?.automaticBreakMs, 15 * minute);
  t.is(day()?.workedMs, 8 * hour);
});

test('a visit that counts nothing makes no break of the time before it', (t) => {
  const strict = plan({}, { breaks: { paidMinutes: 0, automatic }, lateDeparture: 'needs-approval' });
  const facts = {
    punches: punches(
      ...['in 2026-03-02T08:00+01:00', 'out 2026-03-02T16:30+01:00'],
      ...['in 2026-03-02T18:00+01:00', 'out 2026-03-02T18:01+01:00'],
    ),
  };
  const [day] = attendance(facts, { plan: strict, from: '2026-03-02' });
  t.is(day?.workedMs, 8 * hour, 'as without it');
  t.is(day?.automaticBreakMs, 30 * minute);
  t.is(day?.unapprovedMs, minute);
  const rounding = { roundIn: { toMinutes: 15, mode: 'up' }, roundOut: { toMinutes: 15, mode: 'down' } } as const;
  const rounded = plan({}, { breaks: { paidMinutes: 0, automatic }, ...rounding });
  t.is(attendance(facts, { plan: rounded, from: '2026-03-02' })[0]?.workedMs, 8 * hour, 'nor one that is rounded away');
});

test('early is early: half an hour before the shift counts only when approved', (t) => {
  const strict = plan({}, { earlyArrival: 'needs-approval', lateDeparture: 'needs-approval' });
  const facts = { punches: punches('in 2026-03-02T07:30+01:00', 'out 2026-03-02T17:00+01:00') };
  const [before] = attendance(facts, { plan: strict, from: '2026-03-02' });
  t.is(before?.workedMs, 8.5 * hour);
  t.is(before?.unapprovedMs, hour);
  const approval = said({ kind: 'approve', personId: 'ada', day: '2026-03-02', what: 'early-arrival' });
  const [after] = attendance({ ...facts, entries: [approval] }, { plan: strict, from: '2026-03-02' });
  t.is(after?.workedMs, 9 * hour);
});

test('overtime: two tiers of the day, then of the week, then days off and holidays', (t) => {
  const tiers = plan(
    {},
    {
      overtime: [
        { name: 'x1.25', on: 'day', afterMinutes: 480, factor: 1.25 },
        { name: 'x1.5', on: 'day', afterMinutes: 600, factor: 1.5 },
        { name: 'week', on: 'week', afterMinutes: 2280, factor: 1.25 },
        { name: 'rest', on: 'day-off', factor: 2 },
        { name: 'feast', on: 'holiday', factor: 3 },
      ],
    },
  );
  const day = (date: string, from: string, to: string) => [`in ${date}T${from}+02:00`, `out ${date}T${to}+02:00`];
  const days = attendance(
    {
      punches: punches(
        ...day('2026-04-27', '08:00', '19:00'),
        ...day('2026-04-28', '08:00', '16:00'),
        ...day('2026-04-29', '08:00', '16:00'),
        ...day('2026-04-30', '08:00', '24:00').map((line) => line.replace('2026-04-30T24:00', '2026-05-01T00:00')),
        ...day('2026-05-01', '08:00', '10:00'),
        ...day('2026-05-02', '08:00', '11:00'),
      ),
    },
    { plan: tiers, from: '2026-04-27', to: '2026-05-03' },
  );
  t.deepEqual(days[0]?.overtime, { 'x1.25': 2 * hour, 'x1.5': hour });
  t.deepEqual(days[3]?.overtime, { 'x1.25': 2 * hour, 'x1.5': 6 * hour });
  t.is(days[3]?.regularMs, 8 * hour, 'four times eight hours are 32, under 38');
  t.deepEqual(days[4]?.overtime, { feast: 2 * hour });
  t.is(days[4]?.creditedMs, 8.5 * hour, 'the holiday is paid beside it');
  t.deepEqual(days[5]?.overtime, { rest: 3 * hour });
});

test('a holiday on a day off is a day off where there is no tier for holidays', (t) => {
  const rest = { name: 'rest', on: 'day-off', factor: 1.5 } as const;
  const feast = { name: 'feast', on: 'holiday', factor: 2 } as const;
  const longDay = { name: 'x1.25', on: 'day', afterMinutes: 420, factor: 1.25 } as const;
  // A Sunday and a Monday.
  const holidays = (paid: boolean) => ({ germany: { dates: ['2026-03-08', '2026-03-09'], paid } });
  const facts = {
    punches: punches(
      ...['in 2026-03-08T08:00+01:00', 'out 2026-03-08T16:00+01:00'],
      ...['in 2026-03-09T08:00+01:00', 'out 2026-03-09T16:00+01:00'],
    ),
  };
  const tiers = (overtime: (typeof rest | typeof feast | typeof longDay)[], paid = true) =>
    attendance(facts, {
      plan: plan({ holidays: holidays(paid) }, { overtime }),
      ...{ from: '2026-03-08', to: '2026-03-09' },
    }).map((day) => day.overtime);
  t.deepEqual(tiers([rest, longDay]), [{ rest: 8 * hour }, { 'x1.25': hour }]);
  t.deepEqual(tiers([rest, longDay], false), [{ rest: 8 * hour }, { 'x1.25': hour }], 'paid or not');
  t.deepEqual(tiers([rest, feast, longDay]), [{ feast: 8 * hour }, { feast: 8 * hour }]);
});

test('overtime of the week comes with the day that crosses it, wherever the report begins', (t) => {
  const weekly = plan({}, { overtime: [{ name: 'week', on: 'week', afterMinutes: 2400, factor: 1.25 }] });
  const facts = {
    punches: punches(
      ...['02', '03', '04', '05', '06'].flatMap((d) => [`in 2026-03-${d}T08:00+01:00`, `out 2026-03-${d}T16:30+01:00`]),
    ),
  };
  const friday = attendance(facts, { plan: weekly, from: '2026-03-06' });
  t.deepEqual(friday[0]?.overtime, { week: 2.5 * hour });
  t.is(friday[0]?.regularMs, 6 * hour);
});

test('leave: paid leave is credited, unpaid leave is not expected', (t) => {
  const leave = (paid: boolean) =>
    said({ kind: 'leave', personId: 'ada', from: '2026-03-02', to: '2026-03-03', leave: 'holiday', paid });
  const [paid] = attendance({ entries: [leave(true)] }, { from: '2026-03-02' });
  t.is(paid?.creditedMs, 8.5 * hour);
  t.deepEqual(paid?.findings, []);
  const [unpaid] = attendance({ entries: [leave(false)] }, { from: '2026-03-02' });
  t.is(unpaid?.creditedMs, 0);
  t.is(unpaid?.plannedMs, 0);
});

test('flexible: nothing is late outside the core time', (t) => {
  const flexible = plan({ everybody: { site: 'berlin', rota: 'flexible', policy: 'agreed' } });
  const facts = (from: string) => ({ punches: punches(`in 2026-03-02T${from}+01:00`, 'out 2026-03-02T18:00+01:00') });
  const [punctual] = attendance(facts('09:59'), { plan: flexible, from: '2026-03-02' });
  t.is(punctual?.lateMs, 0);
  t.is(punctual?.plannedMs, 8 * hour);
  const [late] = attendance(facts('10:10'), { plan: flexible, from: '2026-03-02' });
  t.is(late?.lateMs, 10 * minute);
});
