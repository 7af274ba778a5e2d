import test from 'ava';
import { attendance, hour, plan, punches, said } from './support.ts';

const kinds = (day: ReturnType<typeof attendance>[number] | undefined) => day?.findings.map(({ kind }) => kind);

test('a missing OUT counts nothing, and proposes the end of the shift', (t) => {
  const [day] = attendance({ punches: punches('in 2026-03-02T08:00+01:00') }, { from: '2026-03-02' });
  t.is(day?.workedMs, 0);
  t.deepEqual(kinds(day), ['missing-out']);
  const proposal = day?.findings[0]?.proposals[0];
  t.like(proposal?.entry, { kind: 'add', code: 'out', at: '2026-03-02T15:30:00.000Z', site: 'berlin' });
  const [mended] = attendance(
    { punches: punches('in 2026-03-02T08:00+01:00'), entries: [said(proposal!.entry)] },
    { from: '2026-03-02' },
  );
  t.is(mended?.workedMs, 8.5 * hour);
  t.deepEqual(mended?.findings, []);
});

test('an IN of this morning is no finding: the OUT may still come', (t) => {
  const asked = { from: '2026-03-02', now: '2026-03-02T12:00+01:00' };
  const [day] = attendance({ punches: punches('in 2026-03-02T08:00+01:00') }, asked);
  t.deepEqual(kinds(day), []);
  t.is(day?.open?.id, 'gate-berlin:1');
});

test('an OUT without an IN proposes the beginning of the shift', (t) => {
  const [day] = attendance({ punches: punches('out 2026-03-02T16:30+01:00') }, { from: '2026-03-02' });
  t.deepEqual(kinds(day), ['missing-in']);
  t.like(day?.findings[0]?.proposals[0]?.entry, { kind: 'add', code: 'in', at: '2026-03-02T07:00:00.000Z' });
});

test('the same IN again within five minutes is one punch, and listed', (t) => {
  const [day] = attendance(
    { punches: punches('in 2026-03-02T08:00+01:00', 'in 2026-03-02T08:03+01:00', 'out 2026-03-02T16:30+01:00') },
    { from: '2026-03-02' },
  );
  t.is(day?.workedMs, 8.5 * hour);
  t.deepEqual(kinds(day), ['doubled']);
  t.false(day?.findings[0]?.costsTime);
});

test('a second IN hours later: the time between is nobody`s guess', (t) => {
  const [day] = attendance(
    { punches: punches('in 2026-03-02T08:00+01:00', 'in 2026-03-02T13:00+01:00', 'out 2026-03-02T16:30+01:00') },
    { from: '2026-03-02' },
  );
  t.is(day?.workedMs, 3.5 * hour);
  t.deepEqual(kinds(day), ['missing-out']);
  t.true(day?.findings[0]?.costsTime);
  t.true(day?.findings[0]?.proposals.some(({ entry }) => entry.kind === 'void' && entry.punch === 'gate-berlin:2'));
});

test('in at two sites at once, and faster between them than anybody', (t) => {
  const far = plan({ travel: [{ between: ['hanoi', 'berlin'], minutes: 900 }] });
  const [day] = attendance(
    {
      punches: punches(
        'in 2026-03-02T08:00+01:00',
        'in 2026-03-02T10:00+01:00 hanoi',
        'out 2026-03-02T12:00+01:00 hanoi',
      ),
    },
    { plan: far, from: '2026-03-02' },
  );
  t.deepEqual(kinds(day)?.toSorted(), ['impossible-travel', 'two-places']);
});

test('a punch during leave, one without employment, and a day nobody came', (t) => {
  const leave = said({
    kind: 'leave',
    personId: 'ada',
    from: '2026-03-02',
    to: '2026-03-02',
    leave: 'holiday',
    paid: true,
  });
  const work = punches('in 2026-03-02T08:00+01:00', 'out 2026-03-02T09:00+01:00');
  t.deepEqual(kinds(attendance({ punches: work, entries: [leave] }, { from: '2026-03-02' })[0]), ['during-leave']);
  const gone = plan({ people: { ada: { employed: [{ to: '2026-02-28' }] } } });
  t.deepEqual(kinds(attendance({ punches: work }, { plan: gone, from: '2026-03-02' })[0]), ['not-employed']);
  const absent = attendance({}, { from: '2026-03-02', to: '2026-03-03', now: '2026-03-03T10:00+01:00' });
  t.deepEqual(absent.map(kinds), [['absent'], []], 'today is not over');
});

test('a clock that was not set is said, until its correction is known', (t) => {
  const [first, ...rest] = punches('in 2026-03-02T08:00+01:00', 'out 2026-03-02T16:30+01:00');
  const wrong = { ...first!, at: '1970-01-01T00:10:00.000Z', clock: 'unsynced' as const };
  const corrected = { ...wrong, corrected: { at: first!.at, reason: 'the clock was set 3 minutes later' } };
  const [day] = attendance({ punches: [corrected, ...rest] }, { from: '2026-03-02' });
  t.is(day?.workedMs, 8.5 * hour);
  t.deepEqual(kinds(day), []);
  t.deepEqual(kinds(attendance({ punches: [wrong, ...rest] }, { from: '2026-03-02' })[0]), ['missing-in']);
});

test('a break after midnight is of the evening before, whose work it is part of', (t) => {
  const flexible = plan({ everybody: { site: 'berlin', rota: 'flexible', policy: 'agreed' } });
  const day = { from: '2026-03-06', to: '2026-03-06' };
  const leave = said({ kind: 'leave', personId: 'ada', ...day, leave: 'holiday', paid: true });
  const evening = [
    'in 2026-03-05T18:00+01:00',
    'break-start 2026-03-06T00:15+01:00',
    'break-end 2026-03-06T00:45+01:00',
  ];
  const asked = { plan: flexible, from: '2026-03-05', to: '2026-03-06' };
  const facts = { punches: punches(...evening, 'out 2026-03-06T02:00+01:00'), entries: [leave] };
  const [worked, off] = attendance(facts, asked);
  t.is(worked?.workedMs, 7.5 * hour);
  t.is(worked?.punches.length, 4);
  t.is(off?.punches.length, 0);
  t.deepEqual([worked, off].map(kinds), [[], []]);
  const still = attendance(
    { punches: punches(...evening), entries: [leave] },
    { ...asked, now: '2026-03-06T01:00+01:00' },
  );
  t.deepEqual(still.map(kinds), [[], []], 'nor while the OUT may still come');
  const [begun, next] = attendance(
    { punches: punches(...evening.slice(0, 2), 'out 2026-03-06T02:00+01:00'), entries: [leave] },
    asked,
  );
  t.deepEqual([begun, next].map(kinds), [['missing-break-end'], []], 'and half a break is looked at there');
});

test('a break that never ended lasts until the OUT, and is listed', (t) => {
  const [day] = attendance(
    {
      punches: punches('in 2026-03-02T08:00+01:00', 'break-start 2026-03-02T15:00+01:00', 'out 2026-03-02T16:30+01:00'),
    },
    { from: '2026-03-02' },
  );
  t.is(day?.workedMs, 7 * hour);
  t.deepEqual(kinds(day), ['missing-break-end']);
});

test('a correction of a punch that does not count is listed with its reversal, and costs no time', (t) => {
  const day = punches('in 2026-03-02T08:00+01:00', 'out 2026-03-02T16:30+01:00');
  const gone = said({ kind: 'void', punch: 'gate-berlin:2' });
  const move = said({ kind: 'move', punch: 'gate-berlin:2', at: '2026-03-02T16:30:00.000Z' });
  const [found] = attendance({ punches: day, entries: [gone, move] }, { from: '2026-03-02' });
  t.deepEqual(kinds(found), ['missing-out', 'correction-without-punch']);
  const idle = found!.findings.find(({ kind }) => kind === 'correction-without-punch');
  t.like(idle, { about: [move.id, 'gate-berlin:2'], costsTime: false });
  const entries = [gone, move, said(idle!.proposals[0]!.entry)];
  t.deepEqual(kinds(attendance({ punches: day, entries }, { from: '2026-03-02' })[0]), ['missing-out']);
});

test('so is one of an added punch that was taken back; one of a punch of another time is not', (t) => {
  const add = said({ kind: 'add', personId: 'ada', at: '2026-03-02T16:30:00Z', code: 'in', site: 'berlin' });
  const code = said({ kind: 'recode', punch: add.id, code: 'out' });
  const back = said({ kind: 'reverse', entry: add.id });
  const elsewhere = said({ kind: 'recode', punch: 'gate-berlin:99', code: 'out' });
  const [day] = attendance({ entries: [add, code, back, elsewhere] }, { from: '2026-03-02' });
  t.deepEqual(
    day?.findings.filter(({ kind }) => kind === 'correction-without-punch').map(({ about }) => about),
    [[code.id, add.id]],
  );
});
