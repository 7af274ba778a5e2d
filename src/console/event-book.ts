import type { Kysely } from 'kysely';
import {
  type BookedEvent,
  type EventCursor,
  type EventFilter,
  type EventPage,
  everyEvent,
  searchEvents,
} from '../hub/event-search.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { namesOf } from '../hub/people-names.ts';

/** What happened, as a console looks it up. */
export interface EventBook {
  /** Newest first. Stops looking when `signal` aborts: nobody waits for the answer any more. */
  page(
    filter: EventFilter,
    page: { readonly after: EventCursor | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<EventPage>;
  /** Everything that matches, oldest first. */
  every(filter: EventFilter): AsyncIterable<BookedEvent>;
  /** What people are called, by their ids; who is not enrolled any more has no name. */
  namesOf(ids: readonly string[]): Promise<Record<string, string>>;
}

/** The events in a hub's books. */
export function hubEvents(db: Kysely<HubTables>): EventBook {
  return {
    page: (filter, { after, limit }) => searchEvents(db, filter, { after, limit }),
    every: (filter) => everyEvent(db, filter),
    namesOf: (ids) => namesOf(db, ids),
  };
}
