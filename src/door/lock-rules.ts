import type { LimenError } from '../domain/errors.ts';

/** What the lock process is held to, whatever it is asked. */
export interface LockLimits {
  /** A pulse ends this long after the line was first released; an egress lease, this long after it was last asked for. */
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
 * The opening after one more ask that was not refused: never shorter than it was. A pulse never outlasts the longest
 * pulse from its first release, a hold never the longest hold. An egress lease may be renewed for as long as somebody
 * asks for it: a door must not fall shut in a fire.
 */
export function extendOpening(
  opening: Opening | null,
  ask: LockAsk,
  { nowMs, limits }: { nowMs: number; limits: LockLimits },
): Opening {
  const releasedAtMs = opening?.releasedAtMs ?? nowMs;
  const latest = {
    lease: releasedAtMs + limits.longestPulseMs,
    hold: releasedAtMs + limits.longestHoldMs,
    egress: nowMs + limits.longestPulseMs,
  }[ask.kind];
  const endsAtMs = Math.max(opening?.endsAtMs ?? nowMs, Math.min(nowMs + ask.ms, latest));
  const egressEndsAtMs = opening?.egressEndsAtMs ?? nowMs;
  if (ask.kind !== 'egress') return { releasedAtMs, endsAtMs, egressEndsAtMs };
  return { releasedAtMs, endsAtMs, egressEndsAtMs: Math.max(egressEndsAtMs, Math.min(nowMs + ask.ms, latest)) };
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
