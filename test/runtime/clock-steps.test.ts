import test from 'ava';
import type { Occurrence } from '../../src/domain/event.ts';
import { clockSteps } from '../../src/runtime/clock-steps.ts';

test('a jump of the wall clock is told once, either way, and a slow correction is not', (t) => {
  const told: Occurrence[] = [];
  let [wallMs, monotonicMs] = [Date.parse('1970-01-01T00:00:10Z'), 10_000];
  const clock = { now: () => new Date(wallMs), monotonicMs: () => monotonicMs, quality: () => 'synced' as const };
  const steps = clockSteps(clock, (occurrence) => void told.push(occurrence));
  const pass = (ms: number, stepMs = 0) => {
    monotonicMs += ms;
    wallMs += ms + stepMs;
    steps.look();
  };
  const years = 56 * 365 * 86_400_000;
  for (const step of [0, years, 0, -3_600_000, 0, 400, 0]) pass(5000, step);
  t.deepEqual(
    told.map(({ body }) => body),
    [{ byMs: years }, { byMs: -3_600_000 }],
  );
  pass(5000, 400);
  t.is(told.length, 2);
  pass(5000, 400);
  t.deepEqual(told[2]?.body, { byMs: 1200 });
});

test('that the system vouches for the clock is told once, after the step that made it so', (t) => {
  const told: string[] = [];
  let [wallMs, synced] = [0, false];
  const quality = () => (synced ? ('synced' as const) : ('unsynced' as const));
  const clock = { now: () => new Date(wallMs), monotonicMs: () => 0, quality };
  const steps = clockSteps(clock, ({ kind }) => void told.push(kind));
  steps.look();
  t.deepEqual(told, []);
  [wallMs, synced] = [3_600_000, true];
  steps.look();
  steps.look();
  t.deepEqual(told, ['clock.stepped', 'clock.synced']);
  const trusted = { ...clock, quality: () => 'synced' as const };
  clockSteps(trusted, ({ kind }) => void told.push(kind)).look();
  t.is(told.length, 2, 'a clock that was right at the start is no news');
});

test('a clock that is set and vouched for while it is looked at is told to be right after its step, never before', (t) => {
  const told: string[] = [];
  let [wallMs, synced, isLooking] = [0, false, false];
  const now = () => {
    const before = new Date(wallMs);
    if (isLooking) [wallMs, synced, isLooking] = [3_600_000, true, false];
    return before;
  };
  const quality = () => (synced ? ('synced' as const) : ('unsynced' as const));
  const steps = clockSteps({ now, monotonicMs: () => 0, quality }, ({ kind }) => void told.push(kind));
  isLooking = true;
  for (let i = 0; i < 3; i++) steps.look();
  t.deepEqual(told, ['clock.stepped', 'clock.synced']);
});
