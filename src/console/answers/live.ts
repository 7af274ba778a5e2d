import type { ClockQuality } from '../../domain/event.ts';
import type { Erasure, ImportProgress } from './people.ts';
import type { Heard, TerminalView } from './terminals.ts';

/** An event as it came from a terminal; kinds are not enumerated, because a newer terminal knows others. */
export interface EventTold {
  readonly seq: number;
  readonly id: string;
  readonly terminal: string;
  /** ISO 8601. */
  readonly at: string;
  readonly clock: ClockQuality;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What browsers are told without asking, by `GET /api/live`. */
export type LiveMessage =
  /** Every terminal, whenever one of them has changed. */
  | { readonly type: 'terminals'; readonly terminals: readonly TerminalView[] }
  /** A terminal has said how it does; nothing else about it has changed. */
  | { readonly type: 'heard'; readonly terminal: string; readonly heard: Heard }
  /**
   * An event that has come into the hub's books, through whichever of its processes, or into the journal of a terminal whose
   * own console this is; and what those it names are called.
   */
  | { readonly type: 'event'; readonly event: EventTold; readonly names: Readonly<Record<string, string>> }
  /** Another terminal has confirmed an erasure. */
  | { readonly type: 'erasure'; readonly erasure: Erasure }
  /** Something is known about more people of an import: how many, not whom. The report is asked for. */
  | { readonly type: 'import'; readonly import: ImportProgress };
