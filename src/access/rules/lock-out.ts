import { type Failures, failuresWith, type Memory } from './memory.ts';
import { type LockOutRule, type Rules, usualLockOut } from './rules.ts';

/** Whose failures are counted: a person's, a card's (never its number, a fingerprint of it), a terminal's. */
export type LockOutKey = `person:${string}` | `card:${string}` | `terminal:${string}`;

/**
 * How long one more failure of this key makes it wait: nothing at first, then `firstMs`, doubling up to `mostMs`.
 *
 * @param nowMs milliseconds since 1970
 */
export function waitAfterFailure(key: LockOutKey, context: { memory: Memory; rules: Rules; nowMs: number }): number {
  const rule = context.rules.lockOut ?? usualLockOut;
  // A failure that has begun to leak away counts as one.
  const count = Math.ceil(failuresWith(key, context.memory.failures[key], context.nowMs));
  return waitFor(count, key.startsWith('terminal:') ? rule.terminalAttempts : rule.attempts, rule);
}

function waitFor(count: number, attempts: number, { firstMs, mostMs }: LockOutRule): number {
  if (count < attempts) return 0;
  return Math.min(mostMs, firstMs * 2 ** Math.min(30, count - attempts));
}

/**
 * How much of the wait is left by the wall clock. A clock that was set back makes it start anew rather than longer, and
 * one that nobody has set since the start, on a machine without a battery for it, proves nothing: the whole wait is left.
 *
 * @param clock milliseconds since 1970, and whether a time server vouches for them
 */
export function remainingMs(failures: Failures, clock: { nowMs: number; trusted: boolean }): number {
  if (!clock.trusted) return failures.waitMs;
  return Math.max(0, Math.min(failures.waitMs, failures.atMs + failures.waitMs - clock.nowMs));
}
