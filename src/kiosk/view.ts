import type { Guidance } from '../domain/guidance.ts';
import type { View } from './message.ts';

/** All that can be shown at one moment; times are monotonic milliseconds. */
export interface Showable {
  readonly lockdown: boolean;
  readonly doorIsBroken: boolean;
  readonly cameraIsGone: boolean;
  /** What a verdict left to be seen. */
  readonly outcome: { readonly view: View; readonly untilMs: number } | null;
  /** A card or a PIN is waited for, or a face after one. */
  readonly awaited: {
    readonly claimed: boolean;
    readonly accept: readonly ('pin' | 'card')[];
    readonly untilMs: number;
  } | null;
  readonly choosing: { readonly who: string | null; readonly untilMs: number } | null;
  /** Somebody is being looked at. */
  readonly face: { readonly guidance: Guidance | 'one-at-a-time' | null; readonly untilMs: number } | null;
  readonly refusals: number;
}

/**
 * The one thing to show, the most urgent first: what makes everything else pointless, then what somebody is waiting to read,
 * then what somebody has to do, then what the camera sees.
 */
export function viewOf(shown: Showable, nowMs: number): View {
  const { outcome, awaited, choosing, face, refusals } = shown;
  if (shown.lockdown) return { kind: 'lockdown' };
  if (shown.doorIsBroken) return { kind: 'out-of-order', part: 'door' };
  if (isOpen(outcome, nowMs)) return outcome.view;
  if (isOpen(awaited, nowMs) && !awaited.claimed)
    return { kind: 'asked', accept: awaited.accept, untilMs: awaited.untilMs, refused: refusals };
  if (isOpen(choosing, nowMs)) return { kind: 'choose', who: choosing.who, untilMs: choosing.untilMs };
  if (shown.cameraIsGone) return { kind: 'out-of-order', part: 'camera' };
  const guidance = isOpen(face, nowMs) ? face.guidance : null;
  if (isOpen(awaited, nowMs)) {
    return { kind: 'claimed', guidance: guidance === 'one-at-a-time' ? null : guidance, untilMs: awaited.untilMs };
  }
  return isOpen(face, nowMs) ? { kind: 'looking', guidance } : { kind: 'idle' };
}

/** When the next of them ends by itself; `null` when nothing does. */
export function nextEndMs({ outcome, awaited, choosing, face }: Showable, nowMs: number): number | null {
  const ends = [outcome, awaited, choosing, face].flatMap((one) => (isOpen(one, nowMs) ? [one.untilMs] : []));
  return ends.length === 0 ? null : Math.min(...ends);
}

function isOpen<T extends { readonly untilMs: number }>(one: T | null, nowMs: number): one is T {
  return one !== null && nowMs < one.untilMs;
}
