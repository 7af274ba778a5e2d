import type { EntrySaid } from './facts.ts';

/** What is wrong with the punches of a day, or worth a look. */
export type FindingKind =
  | 'missing-in'
  | 'missing-out'
  | 'missing-break-start'
  | 'missing-break-end'
  | 'doubled'
  | 'two-places'
  | 'impossible-travel'
  | 'during-leave'
  | 'overlapping-leave'
  | 'not-employed'
  | 'clock-unsynced'
  | 'absent'
  | 'correction-without-punch';

/** A way to mend it. Somebody has to decide: a finding changes no figure by itself. */
export interface Proposal {
  readonly says: string;
  readonly entry: EntrySaid;
}

/** Something that somebody has to look at. */
export interface Finding {
  readonly kind: FindingKind;
  readonly personId: string;
  /** The day it belongs to. */
  readonly day: string;
  /** Ids of the punches, or entries, that it is about. */
  readonly about: readonly string[];
  readonly says: string;
  readonly proposals: readonly Proposal[];
  /** Time is missing from the day, or may be: it is not complete until this is mended. */
  readonly costsTime: boolean;
}

/** The same, before it is known to which day it belongs: at an instant, in milliseconds since 1970. */
export type LooseFinding = Omit<Finding, 'day'> & { readonly atMs: number };
