import test from 'ava';
import fc from 'fast-check';
import { attendanceOf } from '../../src/attendance/attendance.ts';
import { datedTerms, type Worker } from '../../src/attendance/dated-terms.ts';
import { plainPolicy } from '../../src/attendance/plan.ts';
import { hour, minute, plan, punches, set } from './support.ts';

const crews = plan({
  everybody: { site: 'berlin' },
  groups: {
    nights: { rota: 'nights', policy: 'nights' },
    days: { rota: 'days', policy: 'days' },
    hanoi: { site: 'hanoi', rota: 'days' },
  },
  policies: {
    nights: { ...plainPolicy, dayBegins: '04:00', overtime: [{ name: 'x2', on: 'day', afterMinutes: 420, factor: 2 }] },
    days: { ...plainPolicy, roundOut: { toMinutes: 60, mode: 'down' } },
  },
});

/** From nights to days on Wednesday, 11 March, in the morning. */
const ada: Worker = {
  ...{ id: 'ada', name: 'Ada', groups: ['days'] },
  formerly: [{ until: '2026-03-11T08:00:00.000Z', groups: ['nights'] }],
};

const march = { from: '2026-03-09', to: '2026-03-13', nowMs: Date.parse('2027-01-01T00:00Z') };

test('the days before a change of groups keep shift and rules, those from then on have the new ones', (t) => {
  const facts = {
    entries: [],
    punches: punches(
      ...['in 2026-03-09T22:00+01:00', 'out 2026-03-10T06:00+01:00'],
      ...['in 2026-03-10T22:00+01:00', 'out 2026-03-11T06:00+01:00'],
      ...['in 2026-03-12T08:00+01:00', 'out 2026-03-12T16:50+01:00'],
    ),
  };
  const { days, terms } = attendanceOf(facts, { plans: [set(crews)], worker: ada, ...march });
  t.deepEqual(
    days.map(({ date, planned, workedMs, overtime }) => [date, planned.shift?.name, workedMs / hour, overtime]),
    [
      ['2026-03-09', 'night', 8, { x2: hour }],
      ['2026-03-10', 'night', 8, { x2: hour }],
      ['2026-03-11', 'day', 0, {}],
      ['2026-03-12', 'day', 8, {}],
      ['2026-03-13', 'day', 0, {}],
    ],
  );
  t.is(terms.policyName, 'days');
  t.deepEqual(
    days.map((day) => day.held.terms.policyName),
    ['nights', 'nights', 'days', 'days', 'days'],
  );
});

test('whatever the change falls into, what was worked counts once', (t) => {
  const first = Date.parse('2026-03-08T00:00Z');
  const lengths = fc.array(fc.integer({ min: 10, max: 15 * 60 }), { minLength: 2, maxLength: 16 });
  const change = fc.integer({ min: 0, max: 6 * 24 * 60 });
  fc.assert(
    fc.property(lengths, change, fc.constantFrom('days', 'hanoi', 'nobody'), (minutes, changeAfter, group) => {
      let ms = first;
      const at = minutes.slice(0, minutes.length - (minutes.length % 2)).map((length, i) => {
        ms += length * minute;
        return `${i % 2 === 0 ? 'in' : 'out'} ${new Date(ms).toISOString()}`;
      });
      const formerly = [{ until: new Date(first + changeAfter * minute).toISOString(), groups: ['nights'] }];
      const plain = { ...crews, policies: { nights: plainPolicy, days: plainPolicy } };
      const worker = { ...ada, groups: [group], formerly };
      const request = {
        plans: [set(plain)] as const,
        worker,
        from: '2026-03-02',
        to: '2026-03-31',
        nowMs: march.nowMs,
      };
      const { days } = attendanceOf({ entries: [], punches: punches(...at) }, request);
      const works = days.flatMap((day) => day.works.map((work) => work.in.id));
      t.is(new Set(works).size, works.length);
      t.is(works.length, at.length / 2);
    }),
  );
});

test('a change counts from its day on the calendar of the new site; of several on a day the last one', (t) => {
  const moved: Worker = {
    ...{ id: 'ada', name: 'Ada', groups: ['hanoi'] },
    formerly: [
      { until: '2026-03-10T09:00:00.000Z', groups: ['nights'] },
      { until: '2026-03-10T10:00:00.000Z', groups: ['days'] },
      // In Berlin it is still the evening of the 10th.
      { until: '2026-03-10T18:00:00.000Z', groups: [] },
    ],
  };
  const dated = datedTerms({ plans: [set(crews)], worker: moved, moves: [] });
  const within = (from: string, to: string) => dated.within({ from, to }).map(({ groups }) => groups);
  t.is(dated.on('2026-03-09').terms.policyName, 'nights');
  t.is(dated.on('2026-03-10').terms.policyName, null);
  t.is(dated.on('2026-03-10').terms.siteName, 'berlin');
  t.is(dated.on('2026-03-11').terms.siteName, 'hanoi');
  t.deepEqual(within('2026-03-01', '2026-03-31'), [['nights'], [], ['hanoi']]);
  t.deepEqual(within('2026-03-01', '2026-03-09'), [['nights']]);
  t.deepEqual(within('2026-03-11', '2026-03-12'), [['hanoi']]);
  t.is(dated.at(Date.parse('2026-03-10T16:59:00Z')).terms.siteName, 'berlin');
  t.is(dated.at(Date.parse('2026-03-10T17:00:00Z')).terms.siteName, 'hanoi', 'midnight there');
});
