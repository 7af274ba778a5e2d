import { useEffect, useState } from 'preact/hooks';
import type { EventListed, EventsPage } from '../../../console/answers/events.ts';
import { ask } from '../server.ts';
import { freshEvents, freshNames } from '../state.ts';

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

/**
 * The books' pages as far as somebody has read, and before them what has come since.
 *
 * @param limit events of a page
 */
export function useEvents(filter: EventFilter, limit = 100) {
  const [state, setState] = useState<{
    events: readonly EventListed[];
    names: Record<string, string>;
    next: string | null;
  } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [before, setBefore] = useState<string | null>(null);
  const asked = paramsOf(filter).toString();
  useEffect(() => setBefore(null), [asked]);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    const gone = new AbortController();
    setBusy(true);
    const query = new URLSearchParams(asked);
    query.set('limit', String(limit));
    if (before !== null) query.set('before', before);
    ask<EventsPage>(`/api/events?${query}`, { signal: gone.signal }).then(
      ({ events, names, next }) => {
        setError(null);
        setBusy(false);
        setState((last) =>
          before === null || last === null
            ? { events, names, next }
            : { events: [...last.events, ...events], names: { ...last.names, ...names }, next },
        );
      },
      (problem) => {
        if (gone.signal.aborted) return;
        setError(problem);
        setBusy(false);
      },
    );
    return () => gone.abort();
  }, [asked, before]);
  if (state === null) return { events: null, names: {}, older: null, isBusy, error };
  const known = new Set(state.events.map(({ id }) => id));
  const fresh = freshEvents.value.filter((event) => !known.has(event.id) && matches(event as EventListed, filter));
  const { next } = state;
  return {
    events: [...(fresh as unknown as EventListed[]), ...state.events],
    names: { ...freshNames.value, ...state.names },
    older: next === null ? null : () => setBefore(next),
    isBusy,
    error,
  };
}
