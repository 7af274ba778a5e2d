import type { TerminalConfig } from '../config/schema.ts';
import type { Clock } from '../domain/clock.ts';
import type { LimenEvent, Occurrence } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { Door } from '../door/door.ts';
import type { Journal, JournalRows } from '../journal/journal.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Diagnosis, Vitals } from '../sync/diagnosis.ts';

/** The terminal whose console this is, as far as it is looked at and told to do something. */
export interface OwnTerminal {
  /** The configuration in force. */
  readonly config: () => TerminalConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly journal: JournalRows & Pick<Journal, 'acknowledgedSeq'>;
  /** Write an event down. @throws LimenError `disk.full`, `journal.failed`. */
  readonly report: (occurrence: Occurrence) => LimenEvent;
  /** `null` at a time clock that opens nothing. */
  readonly door: Door | null;
  /** Whom it knows now. */
  readonly gallery: () => { readonly version: number; readonly people: ReadonlyMap<string, Person> };
  /** The hub that it belongs to; `null` for one that works alone. */
  readonly hub: {
    /** ISO 8601. */
    readonly provisionedAt: string;
    /** The newest version of the gallery that the hub has told of; `null` while it has told of none. */
    headVersion(): number | null;
    /** Whether its broker is reached. */
    isOnline(): boolean;
  } | null;
  /** When it was opened, ISO 8601. */
  readonly since: string;
  /** Name of the pack in use. */
  readonly pack: string;
  readonly vitals: () => Promise<Vitals>;
  readonly health: () => Promise<Diagnosis>;
}
