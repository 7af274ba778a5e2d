import type { Clock } from '../domain/clock.ts';
import type { Report } from '../domain/event.ts';

/** Slower corrections are how a time server keeps a clock right; nobody's punch is off by less. */
const leastMs = 1000;
const lookEveryMs = 5000;

/**
 * Tells when the wall clock jumps, by comparing it with the monotonic one; what is older than the event was stamped by
 * the clock before the jump. `look` is called every few seconds by whoever {@link watchClockSteps}.
 */
export function clockSteps(clock: Clock, report: Report): { look(): void } {
  const offset = () => clock.now().getTime() - clock.monotonicMs();
  let before = offset();
  return {
    look: () => {
      const byMs = Math.round(offset() - before);
      // Small ones add up, so that many of them are told as well.
      if (Math.abs(byMs) < leastMs) return;
      report({ kind: 'clock.stepped', body: { byMs } });
      before += byMs;
    },
  };
}

/** Look at the clock until the returned function is called. */
export function watchClockSteps(clock: Clock, report: Report): () => void {
  const steps = clockSteps(clock, report);
  const timer = setInterval(() => steps.look(), lookEveryMs);
  return () => clearInterval(timer);
}
