import { Readable } from 'node:stream';
import { z } from 'zod';
import { eventCsvHeader, eventCsvLine, eventJsonLine } from '../../hub/event-table.ts';
import { peopleIn } from '../../hub/people-names.ts';
import { eventsPage } from '../answers/events.ts';
import { asFile } from '../as-file.ts';
import type { CommonDesk } from '../common-desk.ts';
import { cursorFrom, cursorInText, cursorText, eventQuery, filterOf } from '../event-filter.ts';
import { everybody } from '../roles.ts';
import { commonRoute, type Route } from '../route.ts';

/** What happened: at every terminal out of the hub's books, or at one out of its journal. */
export const eventRoutes: readonly Route<CommonDesk>[] = [
  commonRoute({
    ...{ method: 'GET', path: '/api/events', may: everybody, says: 'What happened, newest first' },
    query: eventQuery.extend({
      before: cursorText.optional().meta({ description: 'What the page before gave as `next`' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: eventsPage,
    handle: async ({ query: { before, limit, ...query }, reply }, desk) => {
      const after = before === undefined ? null : cursorFrom(before);
      const leaving = new AbortController();
      reply.raw.once('close', () => leaving.abort());
      const page = { after, limit, signal: leaving.signal };
      const { events, next } = await desk.events.page(filterOf(query), page);
      const listed = events.map(({ event }) => ({ ...event, body: { ...event.body } }));
      const names = await desk.events.namesOf(peopleIn(listed));
      return { events: listed, next: next && cursorInText(next), names };
    },
  }),
  commonRoute({
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
    handle: async ({ query: { format, ...query }, reply }, { events }) => {
      const isCsv = format === 'csv';
      const lines = async function* () {
        if (isCsv) yield eventCsvHeader;
        for await (const one of events.every(filterOf(query))) yield isCsv ? eventCsvLine(one) : eventJsonLine(one);
      };
      const type = isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
      asFile(reply, { name: `events.${format}`, type }).send(Readable.from(lines()));
    },
  }),
];
