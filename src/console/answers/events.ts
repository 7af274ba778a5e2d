import { z } from 'zod';

/** A kind of event as a filter names it: `verdict.denied`, or `door.*` for all that begin so. */
export const kindPattern = /^[a-z-]+\.([a-z-]+|\*)$/;

/** An event in the hub's books; kinds are not enumerated, because a newer terminal knows others. */
export const eventListed = z.object({
  seq: z.number(),
  id: z.string(),
  terminal: z.string(),
  at: z.string(),
  clock: z.enum(['synced', 'unsynced']),
  kind: z.string(),
  body: z.record(z.string(), z.unknown()),
});

/** See {@link eventListed}. */
export type EventListed = z.infer<typeof eventListed>;

/** A page of events, newest first; `next` is what to ask for those before, `null` behind the first. */
export const eventsPage = z.object({
  events: z.array(eventListed),
  next: z.string().nullable(),
  /** Of people whom these events name by their id. */
  names: z.record(z.string(), z.string()),
});

/** See {@link eventsPage}. */
export type EventsPage = z.infer<typeof eventsPage>;
