import test from 'ava';
import fc from 'fast-check';
import type { Rules } from '../../src/access/rules/rules.ts';
import { scheduleAt } from '../../src/access/rules/schedule.ts';
import { Bench } from './support.ts';

const hour = 3_600_000;

test('a role is a role, whatever was before', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z', { role: 'out' });
  for (let i = 0; i < 3; i++) {
    t.is(bench.come('ann'), 'out');
    bench.clock.pass(hour);
  }
  t.like(bench.rows.at(-1)?.body, { by: 'role' });
});

test('in turn: in, out, in; over restarts; and each person by their own punches', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z');
  t.is(bench.come('ann'), 'in');
  bench.clock.pass(4 * hour);
  bench.restart();
  t.is(bench.come('ann'), 'out');
  t.is(bench.come('bob'), 'in');
  bench.clock.pass(hour);
  bench.restart();
  t.is(bench.come('ann'), 'in');
});

test('who forgot to punch out yesterday comes in today, and a night shift still goes home', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z');
  bench.come('ann');
  bench.clock.until('2026-11-24T21:00:00Z');
  bench.come('night');
  bench.clock.until('2026-11-25T05:00:00Z');
  t.is(bench.come('night'), 'out');
  bench.clock.until('2026-11-25T06:00:00Z');
  t.is(bench.come('ann'), 'in');
  t.is(bench.come('new'), 'in');
});

test('after a power cut with the clock at 1970, somebody who is in goes out; put right later, the age is right too', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z');
  bench.come('ann');
  bench.clock.step(-56 * 365 * 24 * hour);
  bench.clock.synced = 'unsynced';
  bench.restart();
  bench.clock.pass(2 * hour);
  t.is(bench.come('ann'), 'out');
  bench.clock.pass(hour);
  t.is(bench.come('ann'), 'in');
  // Twenty minutes later the clock is put right, and the terminal restarted: the IN is twenty minutes old, not 56 years.
  bench.clock.pass(hour / 3);
  const byMs = Date.parse('2026-11-24T09:20:00Z') - bench.clock.wallMs;
  bench.clock.step(byMs);
  bench.clock.synced = 'synced';
  bench.report({ kind: 'clock.stepped', body: { byMs } });
  bench.restart();
  t.is(bench.come('ann'), 'out');
});

test('a step of a clock that was vouched for makes no punch of before younger', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z');
  bench.clock.synced = 'unsynced';
  bench.come('ann');
  bench.clock.synced = 'synced';
  bench.report({ kind: 'clock.synced', body: {} });
  // The machine was asleep for a day: the clock goes on from another time.
  bench.clock.step(24 * hour);
  bench.report({ kind: 'clock.stepped', body: { byMs: 24 * hour } });
  bench.restart();
  t.is(bench.come('ann'), 'in');
});

test('who is on a break comes back from it, and goes home from other work', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z');
  bench.come('ann');
  const { choice } = bench.punches;
  bench.clock.pass(hour);
  choice.choose('pause');
  t.is(bench.come('ann'), 'break-start');
  bench.clock.pass(hour);
  t.is(bench.come('ann'), 'break-end');
  bench.clock.pass(hour);
  choice.choose('weld');
  t.is(bench.come('ann'), 'change:welding');
  bench.clock.pass(hour);
  t.is(bench.come('ann'), 'out');
});

test('a key holds for one punch and a few seconds, and goes before everything else', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z', { role: 'in', scheduled: () => ({ direction: 'in' }) });
  const { choice } = bench.punches;
  choice.choose('out');
  t.is(bench.come('ann'), 'out');
  t.like(bench.rows.at(-1)?.body, { by: 'key' });
  t.is(bench.come('bob'), 'in', 'the key was used');
  choice.choose('out');
  bench.clock.pass(15_000);
  t.is(bench.come('cyd'), 'in', 'the key was pressed too long ago');
  choice.choose('out');
  choice.clear();
  t.is(bench.come('dan'), 'in', 'the key was called off');
  t.throws(() => choice.choose('lunch'), { code: 'punch.unknown-key' });
});

test('a key that says something else counts at once; one that says the same is the same punch', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z', { role: 'in' });
  bench.come('ann');
  bench.punches.choice.choose('in');
  t.is(bench.come('ann'), 'already in');
  bench.punches.choice.choose('out');
  t.is(bench.come('ann'), 'out');
});

test('asked: the key may come first, or after the face; without one nothing is recorded, and that is written down', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z', { role: 'ask' });
  const { choice } = bench.punches;
  t.is(bench.come('ann'), 'choose');
  bench.clock.pass(5000);
  choice.choose('pause');
  t.like(bench.outcomes.at(-1), { kind: 'recorded', personId: 'ann', direction: 'break-start' });
  t.is(choice.current, null);

  t.is(bench.come('bob'), 'choose');
  bench.clock.pass(14_999);
  bench.punches.tick();
  t.is(bench.outcomes.at(-1)?.kind, 'choose');
  bench.clock.pass(1);
  bench.punches.tick();
  t.like(bench.outcomes.at(-1), { kind: 'not-chosen', personId: 'bob' });
  t.like(bench.rows.at(-1), { kind: 'punch.not-recorded', body: { personId: 'bob', reason: 'not-chosen' } });

  t.is(bench.come('cyd'), 'choose');
  t.is(bench.come('dan'), 'choose');
  choice.choose('in');
  t.like(bench.outcomes.at(-1), { kind: 'recorded', personId: 'dan' }, 'nobody answers for another person');
  t.deepEqual(bench.kinds().slice(-2), ['punch.not-recorded', 'punch.recorded']);
});

test('who is asked and still stands there is asked once more, and has not refused to answer', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z', { role: 'ask' });
  bench.come('ann');
  bench.clock.pass(10_000);
  t.is(bench.come('ann'), 'choose');
  bench.clock.pass(10_000);
  bench.punches.choice.choose('in');
  t.deepEqual(bench.kinds(), ['punch.recorded']);
  bench.clock.pass(30_000);
  bench.punches.tick();
  t.deepEqual(bench.kinds(), ['punch.recorded']);
});

test('a key that comes too late for one is there for the next', (t) => {
  const bench = new Bench('2026-11-24T06:00:00Z', { role: 'ask' });
  bench.come('ann');
  bench.clock.pass(20_000);
  bench.punches.choice.choose('in');
  t.like(bench.outcomes.at(-1), { kind: 'not-chosen', personId: 'ann' });
  t.is(bench.come('bob'), 'in');
});

const rules: Rules = {
  timeZone: 'Europe/Berlin',
  schedules: {
    mornings: {
      periods: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '05:00', to: '10:00' }],
      onHolidays: 'closed',
    },
    nights: {
      periods: [{ days: ['sat'], from: '22:00', to: '02:30' }],
      onHolidays: 'as-usual',
    },
  },
};

test('hours of the day are those of the wall, on the nights in which it is put forward and back too', (t) => {
  const during = (name: string) => (now: Date) =>
    scheduleAt(name, rules, now).active ? ({ direction: 'out' } as const) : null;
  const by = (name: string, iso: string) => new Bench(iso, { role: 'in', scheduled: during(name) }).come('ann');
  t.is(by('mornings', '2026-11-24T03:59:00Z'), 'in');
  t.is(by('mornings', '2026-11-24T04:00:00Z'), 'out');
  t.is(by('mornings', '2026-07-24T03:00:00Z'), 'out', '05:00 in summer');
  t.is(by('mornings', '2026-11-22T05:00:00Z'), 'in', 'a Sunday');
  // 25 October: 02:15 comes twice, and both are in the hours; 02:30 ends them, the first time and the second.
  t.is(by('nights', '2026-10-25T00:15:00Z'), 'out');
  t.is(by('nights', '2026-10-25T00:45:00Z'), 'in');
  t.is(by('nights', '2026-10-25T01:15:00Z'), 'out');
  // 29 March: 01:59 is followed by 03:00.
  t.is(by('nights', '2026-03-29T00:59:00Z'), 'out');
  t.is(by('nights', '2026-03-29T01:00:00Z'), 'in');
});

test('property: in turn, nobody punches the same twice within the day, whenever the terminal is restarted', (t) => {
  const visit = fc.record({
    who: fc.constantFrom('ann', 'bob'),
    afterMs: fc.integer({ min: 61_000, max: 15 * hour }),
    restarts: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(visit, { maxLength: 30 }), (visits) => {
      const bench = new Bench('2026-03-28T20:00:00Z');
      const last = new Map<string, { direction: string; atMs: number }>();
      for (const { who, afterMs, restarts } of visits) {
        bench.clock.pass(afterMs);
        if (restarts) bench.restart();
        const direction = bench.come(who);
        const before = last.get(who);
        const fresh = before !== undefined && bench.clock.wallMs - before.atMs < 16 * hour;
        t.is(direction, fresh && before.direction === 'in' ? 'out' : 'in');
        last.set(who, { direction, atMs: bench.clock.wallMs });
      }
    }),
  );
});
