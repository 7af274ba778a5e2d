import type { ClockQuality } from './event.ts';

/** Time, injected so that tests can move it. */
export interface Clock {
  /** Wall-clock time, for humans and payroll; it may step. */
  now(): Date;
  /** Milliseconds that only ever move forward, for durations and deadlines. */
  monotonicMs(): number;
  quality(): ClockQuality;
}
