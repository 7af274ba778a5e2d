import { Readable } from 'node:stream';
import { z } from 'zod';
import { everyEvent, searchEvents } from '../../hub/event-search.ts';
import { eventCsvHeader, eventCsvLine, eventJsonLine } from '../../hub/event-table.ts';
import { namesOf, peopleIn } from '../../hub/people-names.ts';
import { eventsPage } from '../answers/events.ts';
import { asFile } from '../as-file.ts';
import { cursorFrom, cursorInText, cursorText, eventQuery, filterOf } from '../event-filter.ts';
import { everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** What happened at every terminal, out of the hub's books. */
export const eventRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/api/events', may: everybody, says: 'What happened, newest first' },
    query: eventQuery.extend({
      before: cursorText.optional().meta({ description: 'What the page before gave as `next`' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: eventsPage,
    handle: async ({ query: { before, limit, ...query } }, { store }) => {
      const after = before === undefined ? null : cursorFrom(before);
      const { events, next } = await searchEvents(store.db, filterOf(query), { after, limit });
      const listed = events.map(({ event }) => ({ ...event, body: { ...event.body } }));
      const names = await namesOf(store.db, peopleIn(listed));
      return { events: listed, next: next && cursorInText(next), names };
    },
  }),
  route({
    ...{
      method: 'GET',
      path: '/api/events/file',
      may: everybody,
      says: 'Every event that matches, as CSV or JSON lines',
    },
    query: eventQuery.extend({ format: z.enum(['csv', 'jsonl']).default('csv') }),
    answer: null,
    audit: {
      action: 'events.exported',
      target: ({ query }) => query.person ?? null,
      detail: ({ query: { person: _target, ...query } }) => ({ ...query }),
    },
    handle: async ({ query: { format, ...query }, reply }, { store }) => {
      const isCsv = format === 'csv';
      const lines = async function* () {
        if (isCsv) yield eventCsvHeader;
        for await (const one of everyEvent(store.db, filterOf(query)))
          yield isCsv ? eventCsvLine(one) : eventJsonLine(one);
      };
      const type = isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
      asFile(reply, { name: `events.${format}`, type }).send(Readable.from(lines()));
    },
  }),
];
