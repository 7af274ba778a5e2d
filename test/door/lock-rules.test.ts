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

test('no sequence of leases makes an opening longer than the longest pulse, and none makes it shorter', (t) => {
  fc.assert(
    fc.property(limits, asked('lease'), (held, asks) =>
      play(asks, held).every(
        ({ before, after, ask, nowMs }) =>
          after.endsAtMs - after.releasedAtMs <= held.longestPulseMs &&
          after.endsAtMs <= Math.max(nowMs + ask.ms, before?.endsAtMs ?? 0) &&
          (before === null || (after.endsAtMs >= before.endsAtMs && after.releasedAtMs === before.releasedAtMs)),
      ),
    ),
  );
  t.pass();
});

test('no sequence of leases and holds outlasts the longest hold', (t) => {
  fc.assert(
    fc.property(limits, asked('lease', 'hold'), (held, asks) =>
      play(asks, held).every(({ after }) => after.endsAtMs - after.releasedAtMs <= held.longestHoldMs),
    ),
  );
  t.pass();
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
