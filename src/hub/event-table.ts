import { stringify } from 'csv-stringify/sync';
import type { BookedEvent } from './event-search.ts';

/** The columns of a list of events. */
export const eventColumns = ['terminal', 'seq', 'at', 'clock', 'kind', 'person', 'body', 'received'] as const;

/** The first line of a CSV of events. */
export const eventCsvHeader = stringify([[...eventColumns]]);

/** One event as a line of CSV (RFC 4180). What a spreadsheet would take for a formula is made harmless. */
export function eventCsvLine({ event, receivedAt }: BookedEvent): string {
  const { terminal, seq, at, clock, kind, body } = event;
  const { personId } = body as { readonly personId?: unknown };
  const person = typeof personId === 'string' ? personId : '';
  const cells = [terminal, String(seq), at, clock, kind, person, JSON.stringify(body), receivedAt];
  return stringify([cells], { escape_formulas: true });
}

/** One event as a line of JSON: as it came, and when. */
export function eventJsonLine({ event, receivedAt }: BookedEvent): string {
  return `${JSON.stringify({ ...event, receivedAt })}\n`;
}
