import { z } from 'zod';
import type { EventCursor, EventFilter } from '../hub/event-search.ts';
import { kindPattern } from './answers/events.ts';
import { personId } from './answers/people.ts';
import { terminalName } from './answers/terminals.ts';

const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1).max(50));

/** What of the books is asked for; several kinds or terminals with commas between them. */
export const eventQuery = z.object({
  kinds: listOf(z.string().max(64).regex(kindPattern)).optional(),
  terminals: listOf(terminalName).optional(),
  person: personId.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});

/** The same as the books take it. */
export function filterOf({ kinds, terminals, person, from, to }: z.infer<typeof eventQuery>): EventFilter {
  return {
    ...{ kinds, terminals, personId: person },
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

/** Where a page ended, as it stands in an address. */
export const cursorText = z
  .string()
  .max(120)
  .regex(/^\d{4}-[\d:TZ.-]+~[A-Za-z0-9._-]+~\d{1,15}$/);

/** @param text that fits {@link cursorText} */
export function cursorFrom(text: string): EventCursor {
  const [at = '', terminal = '', seq = ''] = text.split('~');
  return { at, terminal, seq: Number(seq) };
}

/** The other way round. */
export function cursorInText({ at, terminal, seq }: EventCursor): string {
  return [at, terminal, seq].join('~');
}
