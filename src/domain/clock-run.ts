import type { EventBodies, EventKind } from './event.ts';

/** Kinds of events that say something about the clock by which the others are stamped. */
export const clockMarkKinds = ['terminal.started', 'clock.stepped', 'clock.synced'] as const satisfies EventKind[];

/** What an event says of the clock: it was put forward by `byMs` (0: it was found to be right), or began anew (`null`). */
export interface ClockMark {
  readonly seq: number;
  readonly byMs: number | null;
}

/** A row of a journal as it may have come from an older or a newer limen. */
interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly body: unknown;
}

/** What a row says of the clock; `null` for one that says nothing, or nothing that can be used. */
export function clockMarkOf({ seq, kind, body }: Row): ClockMark | null {
  if (kind === 'terminal.started') return { seq, byMs: null };
  if (kind === 'clock.synced') return { seq, byMs: 0 };
  const { byMs } = (body ?? {}) as Partial<EventBodies['clock.stepped']>;
  return kind === 'clock.stepped' && typeof byMs === 'number' ? { seq, byMs } : null;
}

/**
 * By how much the clock that stamped row `seq` was wrong, as later rows of the same run say: from an unset clock, only the
 * differences are true. `seq` of the answer is the last row that says so. `null` where no later row says anything: a clock
 * that began anew (a Pi without a battery) says nothing about the run before.
 *
 * @param marks of one terminal, in the order of `seq`
 */
export function putRight(
  marks: readonly ClockMark[],
  seq: number,
): { readonly byMs: number; readonly seq: number } | null {
  const later = marks.filter((mark) => mark.seq > seq);
  const end = later.findIndex(({ byMs }) => byMs === null);
  const own = end === -1 ? later : later.slice(0, end);
  const last = own.at(-1);
  if (last === undefined) return null;
  return { byMs: own.reduce((sum, { byMs }) => sum + (byMs ?? 0), 0), seq: last.seq };
}
