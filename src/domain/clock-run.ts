import type { EventBodies, EventKind } from './event.ts';

/** Kinds of events that say something about the clock by which the others are stamped. */
export const clockMarkKinds = ['terminal.started', 'clock.stepped', 'clock.synced'] as const satisfies EventKind[];

/** What an event says of the clock: it was put forward by `byMs` (0: it was found to be right), or began anew (`null`). */
export interface ClockMark {
  readonly seq: number;
  readonly byMs: number | null;
  /** The system vouched for the clock by then: whatever becomes of it later, it says nothing of what was stamped before. */
  readonly isVouched: boolean;
}

/** A row of a journal as it may have come from an older or a newer limen. */
interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly body: unknown;
  readonly clock?: unknown;
}

/** What a row says of the clock; `null` for one that says nothing, or nothing that can be used. */
export function clockMarkOf({ seq, kind, body, clock }: Row): ClockMark | null {
  if (kind === 'terminal.started') return { seq, byMs: null, isVouched: false };
  if (kind === 'clock.synced') return { seq, byMs: 0, isVouched: true };
  const { byMs } = (body ?? {}) as Partial<EventBodies['clock.stepped']>;
  return kind === 'clock.stepped' && typeof byMs === 'number' ? { seq, byMs, isVouched: clock === 'synced' } : null;
}

/**
 * By how much the clock that stamped row `seq` was wrong, as later rows of the same run say until the system vouches for
 * it: from an unset clock, only the differences are true. `seq` of the answer is the last row that says so. `null` where no
 * later row says anything: a clock that began anew (a Pi without a battery) says nothing about the run before.
 *
 * @param marks of one terminal, in the order of `seq`
 */
export function putRight(
  marks: readonly ClockMark[],
  seq: number,
): { readonly byMs: number; readonly seq: number } | null {
  let [byMs, last] = [0, seq];
  for (const mark of marks) {
    if (mark.seq <= seq) continue;
    if (mark.byMs === null) break;
    byMs += mark.byMs;
    last = mark.seq;
    if (mark.isVouched) break;
  }
  return last === seq ? null : { byMs, seq: last };
}
