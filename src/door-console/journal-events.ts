import type { EventBook } from '../console/event-book.ts';
import type { LimenEvent } from '../domain/event.ts';
import type { BookedEvent } from '../hub/event-search.ts';
import type { JournalSearch } from './journal-search.ts';
import type { OwnTerminal } from './own-terminal.ts';

/** What happened at this terminal, out of its journal; the order is that of its numbers, whatever its clock did. */
export function journalEvents(search: JournalSearch, terminal: Pick<OwnTerminal, 'config' | 'gallery'>): EventBook {
  const name = terminal.config().terminal;
  const isElsewhere = (terminals: readonly string[] | undefined) => terminals?.includes(name) === false;
  return {
    async page({ terminals, ...wanted }, { after, limit, signal }) {
      if (isElsewhere(terminals)) return { events: [], next: null };
      const { events, next } = await search.newest(wanted, { before: after?.seq ?? null, limit, signal });
      const at = events.at(-1)?.at ?? new Date(0).toISOString();
      return { events: events.map(booked), next: next === null ? null : { at, terminal: name, seq: next } };
    },
    async *every({ terminals, ...wanted }) {
      if (isElsewhere(terminals)) return;
      for await (const event of search.every(wanted)) yield booked(event);
    },
    namesOf: async (ids) => namesIn(terminal, ids),
  };
}

/** What people of the gallery are called, by their ids. */
export function namesIn({ gallery }: Pick<OwnTerminal, 'gallery'>, ids: readonly string[]): Record<string, string> {
  const { people } = gallery();
  return Object.fromEntries(
    ids.flatMap((id) => {
      const person = people.get(id);
      return person === undefined ? [] : [[id, person.name]];
    }),
  );
}

/** A row of the journal is what goes to the hub. */
export function toldOf(event: LimenEvent): BookedEvent['event'] {
  return event as unknown as BookedEvent['event'];
}

function booked(event: LimenEvent): BookedEvent {
  return { event: toldOf(event), receivedAt: null };
}
