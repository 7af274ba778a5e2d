import type { LimenError } from '../domain/errors.ts';

/** What the lock process is held to, whatever it is asked. */
export interface LockLimits {
  /** A pulse, and a way out, ends this long after it was last asked for. */
  readonly longestPulseMs: number;
  /** The same for a hold; 0 refuses every hold. */
  readonly longestHoldMs: number;
  /** How long the holder may say nothing while the line is released. */
  readonly silenceMs: number;
}

/** What may be asked of a lock. `egress`: somebody must get out, so lockdown does not stop it. */
export interface LockAsk {
  readonly kind: 'lease' | 'egress' | 'hold';
  readonly ms: number;
}

/** One opening: from the first release until the line is at rest again. Milliseconds of a clock that never steps. */
export interface Opening {
  readonly releasedAtMs: number;
  readonly endsAtMs: number;
  /** Until when it is somebody's way out; in the past when it is nobody's. */
  readonly egressEndsAtMs: number;
}

/** Everything a lock remembers. */
export interface LockMemory {
  readonly opening: Opening | null;
  readonly lockdown: boolean;
  readonly heardAtMs: number;
}

/** A lock that has just come to rest. */
export const lockAtRest: LockMemory = { opening: null, lockdown: false, heardAtMs: 0 };

/** Why an ask is turned down; `null` when it is not. */
export function refusalOf(memory: LockMemory, ask: LockAsk, { longestHoldMs }: LockLimits): LimenError['code'] | null {
  if (memory.lockdown && ask.kind !== 'egress') return 'door.lockdown';
  return ask.kind === 'hold' && longestHoldMs === 0 ? 'door.hold-refused' : null;
}

/**
 * The opening after one more ask that was not refused: never shorter than it was. Every ask begins a lease of its own, as
 * long as was asked and no longer than the longest of its kind: whoever is let in last has as much time as whoever came
 * first, though the door was unlocked before. A daemon that asks without end could as well ask anew after every rest; what
 * bounds it is that a lease without its holder ends.
 */
export function extendOpening(
  opening: Opening | null,
  ask: LockAsk,
  { nowMs, limits }: { nowMs: number; limits: LockLimits },
): Opening {
  const longestMs = ask.kind === 'hold' ? limits.longestHoldMs : limits.longestPulseMs;
  const leaseEndsAtMs = nowMs + Math.min(ask.ms, longestMs);
  const { releasedAtMs, endsAtMs, egressEndsAtMs } = opening ?? atOnce(nowMs);
  return {
    releasedAtMs,
    endsAtMs: Math.max(endsAtMs, leaseEndsAtMs),
    egressEndsAtMs: ask.kind === 'egress' ? Math.max(egressEndsAtMs, leaseEndsAtMs) : egressEndsAtMs,
  };
}

function atOnce(nowMs: number): Opening {
  return { releasedAtMs: nowMs, endsAtMs: nowMs, egressEndsAtMs: nowMs };
}

/** What lockdown leaves of an opening: somebody's way out, or nothing. */
export function leftInLockdown(opening: Opening | null, nowMs: number): Opening | null {
  if (opening === null || opening.egressEndsAtMs <= nowMs) return null;
  return { ...opening, endsAtMs: opening.egressEndsAtMs };
}

/** When the line has to be at rest, and why; `null` while it is. */
export function endOf(
  { opening, heardAtMs }: LockMemory,
  { silenceMs }: LockLimits,
): { atMs: number; cause: string } | null {
  if (opening === null) return null;
  const silentAtMs = heardAtMs + silenceMs;
  return silentAtMs < opening.endsAtMs
    ? { atMs: silentAtMs, cause: 'silence' }
    : { atMs: opening.endsAtMs, cause: 'lease-ended' };
}
