import type { Clock } from '../../../src/domain/clock.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

/** The machine's time, and as much later as a test says. */
export function movedClock(): Clock & { by(ms: number): void } {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    monotonicMs: () => systemClock.monotonicMs() + offsetMs,
    quality: () => 'synced',
    by: (ms) => {
      offsetMs += ms;
    },
  };
}
