import { useEffect, useState } from 'preact/hooks';
import type { EventListed, EventsPage } from '../../../console/answers/events.ts';
import type { EventTold } from '../../../console/answers/live.ts';
import { ask } from '../server.ts';
import { freshEvents, freshNames } from '../state.ts';
import { useReopened } from './reopened.ts';

/** Which events are shown; what is empty does not matter. */
export interface EventFilter {
  readonly kinds: string;
  readonly terminal: string;
  readonly person: string;
  /** As the field has it: the browser's own time, without a zone. */
  readonly from: string;
  readonly to: string;
}

/** Every event there is. */
export const everyEvent: EventFilter = { kinds: '', terminal: '', person: '', from: '', to: '' };

const idShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** As the server takes it; what is no id yet, while somebody types, is left out. */
export function paramsOf({ kinds, terminal, person, from, to }: EventFilter): URLSearchParams {
  return new URLSearchParams({
    ...(kinds && { kinds }),
    ...(terminal && { terminals: terminal }),
    ...(idShape.test(person) && { person }),
    ...(from && { from: new Date(from).toISOString() }),
    ...(to && { to: new Date(to).toISOString() }),
  });
}

function matches({ kind, terminal, at, body }: EventListed, filter: EventFilter): boolean {
  const isKind = (wanted: string) => (wanted.endsWith('*') ? kind.startsWith(wanted.slice(0, -1)) : kind === wanted);
  return (
    (filter.kinds === '' || filter.kinds.split(',').some(isKind)) &&
    (filter.terminal === '' || terminal === filter.terminal) &&
    (filter.person === '' || body.personId === filter.person) &&
    (filter.from === '' || Date.parse(at) >= Date.parse(filter.from)) &&
    filter.to === ''
  );
}

/** What was read of the books. */
interface Read {
  /** What for, see {@link paramsOf}. */
  readonly asked: string;
  readonly events: readonly EventListed[];
  readonly names: Readonly<Record<string, string>>;
  readonly next: string | null;
  /** Ids of those that came by themselves, and are in the books by now. */
  readonly booked: ReadonlySet<string>;
}

/** The server gives no more in one page. */
const mostOfPage = 500;

/**
 * The books' pages as far as somebody has read, and before them what has come since.
 *
 * @param limit events of a page
 */
export function useEvents(filter: EventFilter, limit = 100) {
  const [read, setRead] = useState<Read | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [wanted, setWanted] = useState<{ readonly before: string | null }>({ before: null });
  const [isBusy, setBusy] = useState(false);
  const asked = paramsOf(filter).toString();
  useEffect(() => setWanted((last) => (last.before === null ? last : { before: null })), [asked]);
  useEffect(() => {
    const { before } = wanted;
    const gone = new AbortController();
    setBusy(true);
    pageOf(asked, { limit, before, signal: gone.signal }).then(
      (page) => {
        setError(null);
        setBusy(false);
        setRead((last) => (before === null ? begun(last, { asked, ...page }) : continued(last, { before, ...page })));
      },
      (problem) => {
        if (gone.signal.aborted) return;
        setError(problem);
        setBusy(false);
      },
    );
    return () => gone.abort();
  }, [asked, wanted]);
  const events = read === null ? [] : shownOf(read, filter);
  useReopened((signal) => {
    const booked = new Set(freshEvents.value.map(({ id }) => id));
    const most = Math.min(Math.max(limit, events.length), mostOfPage);
    pageOf(asked, { limit: most, before: null, signal }).then(
      (page) => setRead({ asked, ...page, booked }),
      // Where it is not answered, the stream ends as well, and all is asked again.
      () => {},
    );
  });
  if (read === null) return { events: null, names: {}, older: null, isBusy, error };
  const { next } = read;
  return {
    events,
    names: { ...freshNames.value, ...read.names },
    older: next === null ? null : () => setWanted({ before: next }),
    isBusy,
    error,
  };
}

function pageOf(
  asked: string,
  { limit, before, signal }: { readonly limit: number; readonly before: string | null; readonly signal: AbortSignal },
): Promise<EventsPage> {
  const query = new URLSearchParams(asked);
  query.set('limit', String(limit));
  if (before !== null) query.set('before', before);
  return ask<EventsPage>(`/api/events?${query}`, { signal });
}

/** The first page; what was asked for after the stream opened anew may have been faster, and is newer. */
function begun(last: Read | null, page: EventsPage & Pick<Read, 'asked'>): Read {
  return last?.asked === page.asked ? last : { ...page, booked: new Set() };
}

/** One page more, where the list still ends before it. */
function continued(last: Read | null, { before, events, names, next }: EventsPage & { before: string }): Read | null {
  if (last?.next !== before) return last;
  return { ...last, events: [...last.events, ...events], names: { ...last.names, ...names }, next };
}

function shownOf({ events, booked }: Read, filter: EventFilter): EventListed[] {
  const known = new Set(events.map(({ id }) => id));
  const isFresh = ({ id }: EventTold) => !known.has(id) && !booked.has(id);
  const fresh = freshEvents.value.filter((event) => isFresh(event) && matches(event as EventListed, filter));
  return [...(fresh as unknown as EventListed[]), ...events];
}
