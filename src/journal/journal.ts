import type { EventKind, LimenEvent, Occurrence } from '../domain/event.ts';
import type { RowsBetween, WantedEvents } from './wanted.ts';

/** What `verify` found. */
export interface ChainReport {
  readonly rows: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  /** The first row whose hash does not follow from its content and its predecessor. */
  readonly brokenAt: number | null;
}

/** The terminal's append-only record. */
export interface Journal {
  /**
   * Write one event. It is on the disk when this returns, and only then may anyone act on it or publish it.
   *
   * @throws LimenError `disk.full` or `journal.failed`; nothing was written.
   */
  append(occurrence: Occurrence): LimenEvent;
  /** Events after `seq`, oldest first, at most `limit`. */
  after(seq: number, limit: number): LimenEvent[];
  /** The newest events, newest last. */
  latest(limit: number): LimenEvent[];
  /** The newest events of some kinds among the newest 100,000 of all, newest last: a search must not take minutes. */
  latestOf(kinds: readonly EventKind[], limit: number): LimenEvent[];
  /** Of the oldest row that is kept; 0 where there is none. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly acknowledgedSeq: number;
  /** A name for how `acknowledgedSeq` is counted: another with every opening, and with every {@link resendAfter}. */
  readonly turn: string;
  /** The hub has everything up to and including `seq`. Moves nothing backwards, and never past `lastSeq`. */
  acknowledge(seq: number): void;
  /** The hub has lost what it acknowledged after `seq`: what is kept of that is not acknowledged any more. */
  resendAfter(seq: number): void;
  /**
   * What is not acknowledged gets new numbers, above `above`: those that it has are taken at the hub, by a journal that
   * this terminal had before. All or nothing. A `journal.recovered` before them tells of it.
   *
   * @throws LimenError `disk.full` or `journal.failed`; nothing was changed.
   */
  renumber(above: number): void;
  /** Delete rows that are acknowledged and older than `before`. Returns how many. */
  prune(before: Date): number;
  verify(): ChainReport;
  close(): void;
}

/** The same record, to be searched: somebody looks for what happened. */
export interface JournalRows extends Pick<Journal, 'firstSeq' | 'lastSeq'> {
  /** Those among some rows that are wanted. Looks at no other row, so that whoever searches says how much is looked at. */
  matching(wanted: WantedEvents, rows: RowsBetween): LimenEvent[];
  /** What people did at this terminal's own console, newest first: those numbered below `before`, at most `limit`. */
  deeds(page: { readonly before: number; readonly limit: number }): LimenEvent<'console.deed'>[];
}
