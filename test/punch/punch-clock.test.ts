import test from 'ava';
import type { Clock } from '../../src/domain/clock.ts';
import type { EventBodies, LimenEvent } from '../../src/domain/event.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { PunchClock } from '../../src/punch/punch-clock.ts';

const grant = {
  kind: 'grant',
  personId: 'p01',
  name: 'Ann',
  evidence: { trackId: 1 },
} as unknown as Extract<Verdict, { kind: 'grant' }>;

function setUp() {
  let nowMs = 0;
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => nowMs, quality: () => 'synced' };
  const punches: EventBodies['punch.recorded'][] = [];
  const punchClock = new PunchClock({ direction: 'in', clock, debounceMs: 60_000 });
  return { punches, punchClock, pass: (ms: number) => (nowMs += ms) };
}

test('a person who stands there a moment longer punches once', (t) => {
  const { punches, punchClock, pass } = setUp();
  punchClock.punch(grant, (punch) => punches.push(punch));
  pass(30_000);
  punchClock.punch(grant, (punch) => punches.push(punch));
  t.is(punches.length, 1);
  t.like(punches[0], { personId: 'p01', direction: 'in' });
  pass(30_000);
  punchClock.punch(grant, (punch) => punches.push(punch));
  t.is(punches.length, 2);
});

test('who punched just before a restart has punched', (t) => {
  const { punches } = setUp();
  const clock: Clock = { now: () => new Date('2026-11-24T08:00:30Z'), monotonicMs: () => 5, quality: () => 'synced' };
  const before = {
    kind: 'punch.recorded',
    at: '2026-11-24T08:00:00Z',
    body: { personId: 'p01' },
  } as unknown as LimenEvent;
  const restarted = new PunchClock({ direction: 'in', clock, recent: [before] });
  restarted.punch(grant, (punch) => punches.push(punch));
  t.is(punches.length, 0);
  const later = new PunchClock({ direction: 'in', clock, debounceMs: 30_000, recent: [before] });
  later.punch(grant, (punch) => punches.push(punch));
  t.is(punches.length, 1);
});

test('a punch that could not be written down is not forgotten', (t) => {
  const { punches, punchClock } = setUp();
  t.throws(() =>
    punchClock.punch(grant, () => {
      throw new Error('disk full');
    }),
  );
  punchClock.punch(grant, (punch) => punches.push(punch));
  t.is(punches.length, 1);
});
