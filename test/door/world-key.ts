import type { World } from './door-world.ts';

/**
 * What makes a world different from others for everything that follows: times are counted from now, those that are
 * long over are one, and those that only words depend on are none.
 */
export function keyOf({ door, lock, nowMs, seen, settings: _, limits: __, ...others }: World): string {
  const from = (atMs: number | null | undefined) =>
    atMs === null || atMs === undefined ? null : Math.max(-5000, atMs - nowMs);
  const {
    alarms,
    byRightUntilMs,
    cause: ___,
    openSinceMs: ____,
    jamDueMs,
    release,
    renewDueMs,
    unusedDueMs,
    watch,
    ...more
  } = door ?? {};
  const doorKey = door && [
    ...[
      more,
      Object.keys(alarms ?? {}).sort(),
      from(byRightUntilMs),
      from(jamDueMs),
      from(renewDueMs),
      from(unusedDueMs),
    ],
    ...[release?.isUsed, release && Math.max(0, release.wayOutUntilMs - nowMs), watch?.stage, from(watch?.sinceMs)],
  ];
  const opening = lock?.opening;
  const lockKey = lock && [
    ...[lock.lockdown, from(lock.heardAtMs)],
    opening && [opening.releasedAtMs, opening.endsAtMs, opening.egressEndsAtMs].map(from),
  ];
  const seenKey = [seen.releasedAtMs, seen.leasedAtMs, seen.heldAtMs, seen.egressUntilMs, seen.heardAtMs].map(from);
  return JSON.stringify([doorKey, lockKey, seenKey, seen.isSpent, seen.isThrough, others]);
}
