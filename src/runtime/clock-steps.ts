import type { Clock } from '../domain/clock.ts';
import type { Report } from '../domain/event.ts';

/** Slower corrections are how a time server keeps a clock right; nobody's punch is off by less. */
const leastMs = 1000;
const lookEveryMs = 5000;

/** Notices what happens to the wall clock. */
export interface ClockSteps {
  /** Tell what has happened to it since the last look. */
  look(): void;
}

/**
 * Tells when the wall clock jumps, by comparing it with the monotonic one, and when the system begins to vouch for it;
 * what is older than the event was stamped by the clock before. `look` is called every few seconds by whoever
 * {@link watchClockSteps}, and before whatever must not be taken for older than a jump.
 */
export function clockSteps(clock: Clock, report: Report): ClockSteps {
  const offset = () => clock.now().getTime() - clock.monotonicMs();
  let before = offset();
  let wasSynced = clock.quality() === 'synced';
  return {
    look: () => {
      // Asked first: by the time the system vouches for the clock, the step that made it right can be seen.
      const isSynced = clock.quality() === 'synced';
      const byMs = Math.round(offset() - before);
      // Small ones add up, so that many of them are told as well.
      if (Math.abs(byMs) >= leastMs) {
        report({ kind: 'clock.stepped', body: { byMs } });
        before += byMs;
      }
      if (isSynced && !wasSynced) report({ kind: 'clock.synced', body: {} });
      wasSynced = isSynced;
    },
  };
}

/** Look at the clock until `close` is called, and whenever somebody asks for it. */
export function watchClockSteps(clock: Clock, report: Report): ClockSteps & { close(): void } {
  const steps = clockSteps(clock, report);
  const timer = setInterval(() => steps.look(), lookEveryMs);
  return { look: () => steps.look(), close: () => clearInterval(timer) };
}
