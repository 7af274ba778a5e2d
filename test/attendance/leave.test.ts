import test from 'ava';
import { attendance, hour, minute, plan, punches, said } from './support.ts';

const leave = (as: string, from: string, to: string, paid = true) =>
  said({ kind: 'leave', personId: 'ada', from, to, leave: as, paid });
const week = { from: '2026-03-02', to: '2026-03-06' };

test('leave that is said later counts, and the days on which that matters are listed', (t) => {
  const holiday = leave('holiday', '2026-03-02', '2026-03-06');
  const unpaid = leave('care', '2026-03-04', '2026-03-05', false);
  const days = attendance({ entries: [unpaid, holiday] }, week);
  t.deepEqual(
    days.map(({ leave, creditedMs, plannedMs }) => [leave, creditedMs / hour, plannedMs / hour]),
    [
      ['holiday', 8.5, 8.5],
      ['holiday', 8.5, 8.5],
      ['care', 0, 0],
      ['care', 0, 0],
      ['holiday', 8.5, 8.5],
    ],
  );
  t.deepEqual(
    days.map(({ findings }) => findings.map(({ kind }) => kind)),
    [[], [], ['overlapping-leave'], ['overlapping-leave'], []],
  );
  const [finding] = days[2]!.findings;
  t.like(finding, {
    about: [holiday.id, unpaid.id],
    says: 'holiday and care (not paid) on the same day: care counts, which was said last.',
    costsTime: false,
  });
  t.deepEqual(finding?.proposals, [
    {
      says: `reverse ${holiday.id}: no holiday from 2026-03-02 to 2026-03-06`,
      entry: { kind: 'reverse', entry: holiday.id },
    },
    {
      says: `reverse ${unpaid.id}: no care (not paid) from 2026-03-04 to 2026-03-05`,
      entry: { kind: 'reverse', entry: unpaid.id },
    },
  ]);
  const back = attendance({ entries: [holiday, unpaid, said(finding!.proposals[1]!.entry)] }, week);
  t.deepEqual(back, attendance({ entries: [holiday] }, week), 'and what was taken back is gone');
});

test('the same leave twice is nothing to look at, nor is leave on a day on which nobody is expected', (t) => {
  const twice = [leave('holiday', '2026-03-02', '2026-03-08'), leave('holiday', '2026-03-06', '2026-03-06')];
  const findings = (entries: typeof twice) =>
    attendance({ entries }, { from: '2026-03-06', to: '2026-03-08' }).flatMap((day) => day.findings);
  t.deepEqual(findings(twice), []);
  t.deepEqual(findings([twice[0]!, leave('sick', '2026-03-07', '2026-03-08')]), []);
});

test('paid leave makes up what was not worked, and no more', (t) => {
  const sick = leave('sick', '2026-03-02', '2026-03-02');
  const until = (time: string) => {
    const steps: string[] = [];
    const facts = { punches: punches('in 2026-03-02T08:00+01:00', `out 2026-03-02T${time}+01:00`), entries: [sick] };
    const [day] = attendance(facts, { from: '2026-03-02', steps });
    return { worked: day?.workedMs, credited: day?.creditedMs, steps };
  };
  const noon = until('12:00');
  t.is(noon.worked, 4 * hour);
  t.is(noon.credited, 4.5 * hour);
  t.true(noon.steps.includes('credited 4:30 for sick: expected 8:30, worked 4:00'), noon.steps.join('\n'));
  const long = until('17:00');
  t.is(long.worked, 9 * hour);
  t.is(long.credited, 0);
  t.true(long.steps.includes('credited 0:00 for sick: expected 8:30, worked 9:00'), long.steps.join('\n'));
  const [whole] = attendance({ entries: [sick] }, { from: '2026-03-02' });
  t.is(whole?.creditedMs, 8.5 * hour);
});

test('a paid holiday is credited beside what was worked on it, and within unpaid leave', (t) => {
  const facts = { punches: punches('in 2026-05-01T08:00+02:00', 'out 2026-05-01T10:00+02:00') };
  const [worked] = attendance(facts, { from: '2026-05-01' });
  t.deepEqual([worked?.workedMs, worked?.creditedMs], [2 * hour, 8.5 * hour]);
  const away = leave('care', '2026-04-27', '2026-05-08', false);
  const days = attendance({ entries: [away] }, { from: '2026-04-30', to: '2026-05-01' });
  t.deepEqual(
    days.map(({ creditedMs, plannedMs }) => [creditedMs / hour, plannedMs]),
    [
      [0, 0],
      [8.5, 0],
    ],
  );
});

test('punches during leave: either there was no leave, or no work', (t) => {
  const holiday = leave('holiday', '2026-03-02', '2026-03-03');
  const work = punches('in 2026-03-02T08:00+01:00', 'out 2026-03-02T16:30+01:00');
  const [day] = attendance({ punches: work, entries: [holiday] }, { from: '2026-03-02' });
  const [finding] = day!.findings;
  t.deepEqual(finding?.proposals, [
    {
      says: `reverse ${holiday.id}: no holiday from 2026-03-02 to 2026-03-03`,
      entry: { kind: 'reverse', entry: holiday.id },
    },
    { says: 'void gate-berlin:1: there was no work', entry: { kind: 'void', punch: 'gate-berlin:1' } },
    { says: 'void gate-berlin:2: there was no work', entry: { kind: 'void', punch: 'gate-berlin:2' } },
  ]);
  const [reverse, ...voids] = finding!.proposals.map(({ entry }) => said(entry));
  const mended = (entries: typeof voids) =>
    attendance({ punches: work, entries: [holiday, ...entries] }, { from: '2026-03-02' })[0];
  t.like(mended([reverse!]), { workedMs: 8.5 * hour, creditedMs: 0, findings: [] });
  t.like(mended(voids), { workedMs: 0, creditedMs: 8.5 * hour, findings: [] });
});

test('paid leave knows nothing of an expected break: eight of 8:30 are expected, three are worked, five are credited', (t) => {
  const law = plan({}, { breaks: { paidMinutes: 0, automatic: [{ afterMinutes: 360, minutes: 30 }] } });
  const facts = {
    punches: punches('in 2026-03-02T08:00+01:00', 'out 2026-03-02T11:00+01:00'),
    entries: [leave('sick', '2026-03-02', '2026-03-02')],
  };
  const [day] = attendance(facts, { plan: law, from: '2026-03-02' });
  t.is(day?.workedMs, 180 * minute);
  t.is(day?.creditedMs, 300 * minute);
});
