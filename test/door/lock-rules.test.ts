import test from 'ava';
import fc from 'fast-check';
import {
  endOf,
  extendOpening,
  type LockAsk,
  type LockLimits,
  leftInLockdown,
  lockAtRest,
  type Opening,
  refusalOf,
} from '../../src/door/lock-rules.ts';

const limits = fc.record({
  longestPulseMs: fc.integer({ min: 100, max: 120_000 }),
  longestHoldMs: fc.integer({ min: 120_000, max: 1_000_000 }),
  silenceMs: fc.constant(2000),
});
const asked = (...kinds: LockAsk['kind'][]) =>
  fc.array(
    fc.record({
      waitMs: fc.nat(20_000),
      kind: fc.constantFrom(...kinds),
      ms: fc.integer({ min: 1, max: 2_000_000 }),
    }),
    { minLength: 1 },
  );

/** Every opening after every ask, with the one before it; one that is over is over. */
function play(asks: readonly (LockAsk & { waitMs: number })[], held: LockLimits) {
  let nowMs = 0;
  let opening: Opening | null = null;
  return asks.map(({ waitMs, ...ask }) => {
    nowMs += waitMs;
    const before: Opening | null = opening !== null && nowMs >= opening.endsAtMs ? null : opening;
    const after = extendOpening(before, ask, { nowMs, limits: held });
    opening = after;
    return { before, after, ask, nowMs };
  });
}

test('every lease lasts as asked, up to the longest of its kind, whatever went before; none makes another shorter', (t) => {
  fc.assert(
    fc.property(limits, asked('lease', 'egress', 'hold'), (held, asks) =>
      play(asks, held).every(({ before, after, ask, nowMs }) => {
        const ownEndMs = nowMs + Math.min(ask.ms, ask.kind === 'hold' ? held.longestHoldMs : held.longestPulseMs);
        return (
          after.endsAtMs === Math.max(before?.endsAtMs ?? 0, ownEndMs) &&
          (before === null || after.releasedAtMs === before.releasedAtMs)
        );
      }),
    ),
  );
  t.pass();
});

test('without a further ask the line rests within the longest pulse, in free access within the longest hold', (t) => {
  fc.assert(
    fc.property(limits, asked('lease', 'egress', 'hold'), (held, asks) => {
      const played = play(asks, held);
      return played.every(({ after, nowMs }, i) => {
        const isHeld = played.slice(0, i + 1).some(({ ask }) => ask.kind === 'hold');
        return after.endsAtMs - nowMs <= (isHeld ? held.longestHoldMs : held.longestPulseMs);
      });
    }),
  );
  t.pass();
});

test('who is let in after many requests to exit has the whole pulse', (t) => {
  const limits = { longestPulseMs: 5000, longestHoldMs: 0, silenceMs: 2000 };
  let opening: Opening | null = null;
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 2000)
    opening = extendOpening(opening, { kind: 'egress', ms: 3000 }, { nowMs, limits });
  const late = extendOpening(opening, { kind: 'lease', ms: 4500 }, { nowMs: 21_000, limits });
  t.is(late.endsAtMs, 25_500);
  t.is(late.egressEndsAtMs, 23_000);
});

test('whatever was asked before, a way out lasts as asked, up to the longest pulse from now', (t) => {
  fc.assert(
    fc.property(limits, asked('lease', 'egress', 'hold'), (held, asks) =>
      play(asks, held).every(
        ({ after, ask, nowMs }) =>
          ask.kind !== 'egress' || after.egressEndsAtMs >= nowMs + Math.min(ask.ms, held.longestPulseMs),
      ),
    ),
  );
  t.pass();
});

test('lockdown leaves of any opening nothing but somebody’s way out', (t) => {
  fc.assert(
    fc.property(limits, asked('lease', 'egress', 'hold'), (held, asks) =>
      play(asks, held).every(({ after, nowMs }) => {
        const left = leftInLockdown(after, nowMs);
        return left === null
          ? after.egressEndsAtMs <= nowMs
          : left.endsAtMs === after.egressEndsAtMs && left.endsAtMs <= nowMs + held.longestPulseMs;
      }),
    ),
  );
  t.pass();
});

const usual = { longestPulseMs: 10_000, longestHoldMs: 0, silenceMs: 2000 };

test('a lease lasts as long as it was asked for, up to the longest pulse', (t) => {
  const end = (ms: number) => extendOpening(null, { kind: 'lease', ms }, { nowMs: 50, limits: usual }).endsAtMs;
  t.is(end(3000), 3050);
  t.is(end(99_000), 10_050);
});

test('lockdown refuses leases and holds and lets people out; free access is refused where there is none', (t) => {
  const inLockdown = { ...lockAtRest, lockdown: true };
  for (const kind of ['lease', 'hold'] as const)
    t.is(refusalOf(inLockdown, { kind, ms: 1 }, { ...usual, longestHoldMs: 1 }), 'door.lockdown');
  t.is(refusalOf(inLockdown, { kind: 'egress', ms: 1 }, usual), null);
  t.is(refusalOf(lockAtRest, { kind: 'hold', ms: 1 }, usual), 'door.hold-refused');
  t.is(refusalOf(lockAtRest, { kind: 'hold', ms: 1 }, { ...usual, longestHoldMs: 1 }), null);
});

test('an opening ends with its lease, or with silence if that is sooner', (t) => {
  const opening = { releasedAtMs: 0, endsAtMs: 3000, egressEndsAtMs: 0 };
  t.deepEqual(endOf({ ...lockAtRest, opening, heardAtMs: 500 }, usual), { atMs: 2500, cause: 'silence' });
  t.deepEqual(endOf({ ...lockAtRest, opening, heardAtMs: 1500 }, usual), { atMs: 3000, cause: 'lease-ended' });
  t.is(endOf(lockAtRest, usual), null);
});
