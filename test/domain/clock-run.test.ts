import test from 'ava';
import fc from 'fast-check';
import { clockMarkOf, putRight } from '../../src/domain/clock-run.ts';
import { clockSteps } from '../../src/runtime/clock-steps.ts';

const stepped = (seq: number, byMs: number, clock: 'synced' | 'unsynced') =>
  clockMarkOf({ seq, kind: 'clock.stepped', body: { byMs }, clock })!;
const synced = (seq: number) => clockMarkOf({ seq, kind: 'clock.synced', body: {}, clock: 'synced' })!;
const started = (seq: number) => clockMarkOf({ seq, kind: 'terminal.started', body: {}, clock: 'unsynced' })!;

test('steps add up until the system vouches for the clock, and not beyond a start', (t) => {
  const unset = [started(1), stepped(3, 5000, 'unsynced'), stepped(4, -2000, 'unsynced')];
  t.deepEqual(putRight(unset, 2), { byMs: 3000, seq: 4 });
  t.deepEqual(putRight([...unset, synced(5), stepped(6, 600_000, 'synced')], 2), { byMs: 3000, seq: 5 });
  t.deepEqual(putRight([...unset, started(5), synced(6)], 2), { byMs: 3000, seq: 4 });
  t.is(putRight([started(1), started(3), synced(4)], 2), null);
});

test('the step that came with the vouching is the last one that counts', (t) => {
  const marks = [started(1), stepped(3, 5000, 'synced'), synced(4), stepped(5, 95_000, 'synced')];
  t.deepEqual(putRight(marks, 2), { byMs: 5000, seq: 3 });
});

test('whatever a clock does before and after the system vouches for it, a punch is put at the time when it was', (t) => {
  const act = fc.oneof(
    fc.record({ pass: fc.integer({ min: 1, max: 100_000 }) }),
    fc.record({ step: fc.integer({ min: 1, max: 90_000 }), back: fc.boolean() }),
    fc.constantFrom('punch' as const, 'look' as const),
  );
  fc.assert(
    fc.property(fc.integer(), fc.array(act), fc.boolean(), fc.array(act), (wrongByMs, before, sees, after) => {
      let [trueMs, errorMs, isSynced] = [0, wrongByMs, false];
      const quality = () => (isSynced ? ('synced' as const) : ('unsynced' as const));
      const clock = { now: () => new Date(trueMs + errorMs), monotonicMs: () => trueMs, quality };
      const rows: { seq: number; kind: string; body: unknown; clock: string }[] = [];
      const append = (kind: string, body: unknown) => rows.push({ seq: rows.length + 1, kind, body, clock: quality() });
      const punches: { seq: number; at: number; trueMs: number }[] = [];
      const steps = clockSteps(clock, ({ kind, body }) => void append(kind, body));
      const doIt = (what: typeof act extends fc.Arbitrary<infer A> ? A : never) => {
        if (what === 'look') return steps.look();
        if (what === 'punch') {
          steps.look();
          if (!isSynced) punches.push({ seq: rows.length + 1, at: clock.now().getTime(), trueMs });
          return append('punch.recorded', {});
        }
        if ('pass' in what) trueMs += what.pass;
        else errorMs += (1000 + what.step) * (what.back ? -1 : 1);
      };
      for (const what of before) doIt(what);
      errorMs = 0;
      if (sees) steps.look();
      isSynced = true;
      steps.look();
      for (const what of after) doIt(what);
      const marks = rows.flatMap((row) => clockMarkOf(row) ?? []);
      for (const { seq, at, trueMs: was } of punches) {
        // Less than a second is how a clock is kept right, and is not told at once.
        t.true(Math.abs(at + (putRight(marks, seq)?.byMs ?? Number.NaN) - was) < 1000);
      }
    }),
  );
});
