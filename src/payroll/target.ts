import type { PunchCode } from '../attendance/facts.ts';

/** Something that happened to working time, to be told once and in full. */
export interface PayrollItem {
  /** `<terminal>:<seq>` of a punch, the id of an entry, or `<punch>@<event>` of a clock that was put right. The same for ever. */
  readonly id: string;
  /** The same as a message id: letters, digits and "_", unique across sites. */
  readonly messageId: string;
  readonly type: 'punch.recorded' | 'punch.clock-corrected' | `entry.${string}`;
  readonly personId: string;
  /** When the hub knew it, ISO 8601. */
  readonly recordedAt: string;
  /** What is told; it never changes. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The punch that it is about, as it counts now; `null` for leave and approvals. */
  readonly punch: PunchNow | null;
}

/** A punch after everything that was said about it. */
export interface PunchNow {
  readonly id: string;
  readonly personId: string;
  /** Where it was made; `null` for one that the office added. */
  readonly terminal: string | null;
  readonly code: PunchCode;
  /** When it was, ISO 8601 UTC; `null` for one that does not count, or of which nobody knows when it was. */
  readonly at: string | null;
}

/** What a payroll keeps of a punch: its own name for it, and as what it is there. */
export interface Kept {
  readonly remote: string;
  readonly sent: string;
}

/** What is remembered of what a payroll keeps. */
export interface PayrollMemory {
  /** Of a punch; `null` for one that is not there. */
  kept(punchId: string): Promise<Kept | null>;
  /** Of other punches that the payroll keeps under the same name. */
  sharing(remote: string, punchId: string): Promise<readonly Kept[]>;
}

/** What a payroll says to an item. */
export type Answer =
  /** It is there. `kept`: what is to be remembered of the punch, `null` for nothing any more; left out, as it was. */
  | { readonly outcome: 'taken'; readonly kept?: Kept | null; readonly look?: string }
  /** There is nothing in it for this payroll, or it has it already. */
  | { readonly outcome: 'nothing to tell'; readonly kept?: Kept | null }
  /** It will not have this one; others it may. */
  | { readonly outcome: 'refused'; readonly why: string }
  | Later;

/** Nothing can be told at the moment. */
export interface Later {
  readonly outcome: 'later';
  readonly code: 'payroll.unreachable' | 'payroll.denied';
  readonly why: string;
  /** How long it asks to be left alone, in milliseconds. */
  readonly afterMs: number | null;
  /** Whether it was this item that the other side failed at, for all one can tell. */
  readonly aboutItem: boolean;
}

/** A payroll: something outside that is told what happened to working time. */
export interface PayrollTarget {
  /** As the configuration calls it: what was told is remembered under this name. */
  readonly name: string;
  /** Where it is, for messages: without secrets. */
  readonly address: string;
  /** Tell one item. Telling it again, in part or whole, changes nothing. Never throws for what the other side does. */
  tell(item: PayrollItem, memory: PayrollMemory, signal: AbortSignal): Promise<Answer>;
}
