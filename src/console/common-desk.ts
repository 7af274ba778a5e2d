import type { RecognitionConfig } from '../config/recognition-schema.ts';
import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { EventStream } from '../web/event-stream.ts';
import type { ChangeAccounts } from './account-changes.ts';
import type { Accounts } from './accounts.ts';
import type { LiveMessage } from './answers/live.ts';
import type { AuditBook } from './audit.ts';
import type { EventBook } from './event-book.ts';
import type { PeopleList } from './people-list.ts';
import type { Place } from './place.ts';
import type { Refusals } from './refusals.ts';
import type { Sessions } from './sessions.ts';

/** What the routes work with that every console has, a hub's and a terminal's. */
export interface CommonDesk {
  readonly place: Place;
  readonly site: string;
  /** Whose console it is; `null` at a hub. */
  readonly terminal: string | null;
  /** The one in force. */
  readonly config: { readonly recognition: Pick<RecognitionConfig, 'pack' | 'engine'> };
  /** The file that it was read from; `null` where there was none, and where none of it is changed from a browser. */
  readonly configFile: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: Accounts;
  readonly changeAccounts: ChangeAccounts;
  readonly sessions: Sessions;
  readonly audit: AuditBook;
  readonly refusals: Refusals;
  readonly events: EventBook;
  readonly people: PeopleList;
  /** Told to every browser. */
  readonly live: EventStream<LiveMessage>;
  /** Aborts when the console begins to close. */
  readonly closing: AbortSignal;
  /** Begin to close: what takes long is called off by `closing`. Everything else still works. */
  leave(): void;
  close(): Promise<void>;
}
