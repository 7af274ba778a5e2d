import test from 'ava';
import fc from 'fast-check';
import { extendOpening, type Opening } from '../../src/door/lock-keeper.ts';

const lease = fc.record({ waitMs: fc.nat(20_000), leaseMs: fc.integer({ min: 1, max: 200_000 }) });

test('no sequence of leases makes an opening longer than the longest pulse, and none makes it shorter', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 120_000 }), fc.array(lease, { minLength: 1 }), (longestPulseMs, leases) => {
      let nowMs = 0;
      let opening: Opening | null = null;
      for (const { waitMs, leaseMs } of leases) {
        nowMs += waitMs;
        if (opening !== null && nowMs >= opening.endsAtMs) opening = null;
        const before: Opening | null = opening;
        opening = extendOpening(before, { nowMs, leaseMs, longestPulseMs });
        if (opening.endsAtMs - opening.releasedAtMs > longestPulseMs) return false;
        if (opening.endsAtMs > nowMs + Math.max(leaseMs, before === null ? 0 : before.endsAtMs - nowMs)) return false;
        if (before !== null && opening.endsAtMs < before.endsAtMs) return false;
        if (before !== null && opening.releasedAtMs !== before.releasedAtMs) return false;
      }
      return true;
    }),
  );
  t.pass();
});

test('a lease lasts as long as it was asked for, up to the longest pulse', (t) => {
  t.deepEqual(extendOpening(null, { nowMs: 50, leaseMs: 3000, longestPulseMs: 10_000 }), {
    releasedAtMs: 50,
    endsAtMs: 3050,
  });
  t.is(extendOpening(null, { nowMs: 50, leaseMs: 99_000, longestPulseMs: 10_000 }).endsAtMs, 10_050);
});
