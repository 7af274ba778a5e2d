import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { EventListed, EventsPage } from '../../../console/answers/events.ts';
import type { Evidence as EvidenceOf } from '../../../domain/verdict.ts';
import { ChoosePerson } from '../parts/choose-person.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { inWords, kindChoices } from '../parts/event-words.ts';
import { Evidence } from '../parts/evidence.tsx';
import { Icon } from '../parts/icon.tsx';
import { Badge, Card, Empty, Facts, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { freshEvents, terminals } from '../state.ts';

interface Filter {
  readonly kinds: string;
  readonly terminal: string;
  readonly person: string;
  /** As the field has it: the browser's own time, without a zone. */
  readonly from: string;
  readonly to: string;
}

/** What happened, as it happens. */
export function Events() {
  const { query } = useLocation();
  const { kinds = '', terminal = '', person = '', from = '', to = '' } = query;
  const [filter, setFilter] = useState<Filter>({ kinds, terminal, person, from, to });
  const [shown, setShown] = useState<EventListed | null>(null);
  const found = useEvents(filter);
  const asked = paramsOf(filter);
  const isFiltered = asked.size > 0;
  const file = (format: string) => `/api/events/file?${new URLSearchParams([...asked, ['format', format]])}`;
  return (
    <Page
      title="Events"
      says={
        filter.to === ''
          ? 'What happens at every terminal, newest first. New ones come in by themselves.'
          : 'What happened, newest first.'
      }
      actions={
        <>
          <a class="go beside" href={file('csv')} download>
            <Icon name="download" /> CSV
          </a>
          <a class="go beside" href={file('jsonl')} download>
            <Icon name="download" /> JSON lines
          </a>
        </>
      }
    >
      <Filters of={filter} onChange={setFilter} />
      <Problem of={found.error} />
      {found.events === null ? (
        !found.error && <Waiting />
      ) : found.events.length > 0 ? (
        <List of={found.events} names={found.names} onShow={setShown} />
      ) : (
        <Nothing
          isFiltered={isFiltered}
          onAll={() => setFilter({ kinds: '', terminal: '', person: '', from: '', to: '' })}
        />
      )}
      {found.older !== null && (
        <button type="button" class="secondary outline" aria-busy={found.isBusy} onClick={found.older}>
          Older ones
        </button>
      )}
      {shown && <Details of={shown} names={found.names} onClose={() => setShown(null)} />}
    </Page>
  );
}

function Filters({ of, onChange }: { readonly of: Filter; readonly onChange: (filter: Filter) => void }) {
  const set = (key: keyof Filter) => (event: { currentTarget: { value: string } }) =>
    onChange({ ...of, [key]: event.currentTarget.value });
  return (
    <search class="filters events">
      <select aria-label="What" value={of.kinds} onChange={set('kinds')}>
        {kindChoices.map(([name, kinds]) => (
          <option key={kinds} value={kinds}>
            {name}
          </option>
        ))}
      </select>
      <select aria-label="Where" value={of.terminal} onChange={set('terminal')}>
        <option value="">Every terminal</option>
        {(terminals.value ?? []).map(({ id }) => (
          <option key={id}>{id}</option>
        ))}
      </select>
      <ChoosePerson
        isBare
        label="Whose: name or id"
        value={of.person}
        onChange={(person) => onChange({ ...of, person })}
      />
      <input type="datetime-local" aria-label="From" value={of.from} onChange={set('from')} />
      <input type="datetime-local" aria-label="Until" value={of.to} onChange={set('to')} />
    </search>
  );
}

const idShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** As the server takes it; what is no id yet, while somebody types, is left out. */
function paramsOf({ kinds, terminal, person, from, to }: Filter): URLSearchParams {
  return new URLSearchParams({
    ...(kinds && { kinds }),
    ...(terminal && { terminals: terminal }),
    ...(idShape.test(person) && { person }),
    ...(from && { from: new Date(from).toISOString() }),
    ...(to && { to: new Date(to).toISOString() }),
  });
}

function matches({ kind, terminal, at, body }: EventListed, filter: Filter): boolean {
  const isKind = (wanted: string) => (wanted.endsWith('*') ? kind.startsWith(wanted.slice(0, -1)) : kind === wanted);
  return (
    (filter.kinds === '' || filter.kinds.split(',').some(isKind)) &&
    (filter.terminal === '' || terminal === filter.terminal) &&
    (filter.person === '' || body.personId === filter.person) &&
    (filter.from === '' || Date.parse(at) >= Date.parse(filter.from)) &&
    filter.to === ''
  );
}

/** The books' pages as far as somebody has read, and before them what has come since. */
function useEvents(filter: Filter) {
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
    names: state.names,
    older: next === null ? null : () => setBefore(next),
    isBusy,
    error,
  };
}

function nameOf({ body }: EventListed, id: string | null, names: Readonly<Record<string, string>>): string | null {
  if (typeof body.name === 'string') return body.name;
  return id === null ? null : (names[id] ?? id);
}

function List(props: {
  readonly of: readonly EventListed[];
  readonly names: Readonly<Record<string, string>>;
  readonly onShow: (event: EventListed) => void;
}) {
  const { of, names, onShow } = props;
  return (
    <Card class="flush">
      <table class="rows">
        <thead>
          <tr>
            <th>When</th>
            <th>Where</th>
            <th>What</th>
            <th>Who</th>
            <th>
              <span class="hidden">Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((event) => {
            const { tone, says, person } = inWords(event);
            return (
              <tr key={event.id}>
                <td class="nowrap">
                  {instant(event.at)}
                  {event.clock === 'unsynced' && (
                    <span class="quiet" title="The clock of the terminal was not set">
                      {' '}
                      ?
                    </span>
                  )}
                </td>
                <td>{event.terminal}</td>
                <td>{tone === 'plain' ? says : <Badge tone={tone}>{says}</Badge>}</td>
                <td>{nameOf(event, person, names) ?? <span class="quiet">–</span>}</td>
                <td class="row-actions">
                  <button type="button" class="small secondary outline" onClick={() => onShow(event)}>
                    Details
                    <span class="hidden">
                      {' '}
                      of {says}, {instant(event.at)}
                    </span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

function Details(props: {
  readonly of: EventListed;
  readonly names: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}) {
  const { of: event, names, onClose } = props;
  const { tone, says, person } = inWords(event);
  const { evidence } = event.body;
  return (
    <Dialog title={says} onClose={onClose} wide>
      <Facts
        of={[
          ['When', instant(event.at)],
          ['Where', event.terminal],
          ...(person === null
            ? []
            : [
                [
                  'Who',
                  <a key="who" href={`/people/${encodeURIComponent(person)}`}>
                    {nameOf(event, person, names)}
                  </a>,
                ] as const,
              ]),
          [
            'Kind',
            <Badge key="kind" tone={tone}>
              {event.kind}
            </Badge>,
          ],
          ['Number in its journal', event.seq],
        ]}
      />
      {typeof evidence === 'object' && evidence !== null && <Evidence of={evidence as EvidenceOf} />}
      {event.kind === 'verdict.denied' && person !== null && (
        <p>
          <a href={`/rules?${new URLSearchParams({ person, terminal: event.terminal, at: event.at })}`}>
            What do the rules say about it?
          </a>
        </p>
      )}
      <details>
        <summary>As the terminal wrote it</summary>
        <pre>{JSON.stringify(event.body, null, 2)}</pre>
      </details>
    </Dialog>
  );
}

function Nothing({ isFiltered, onAll }: { readonly isFiltered: boolean; readonly onAll: () => void }) {
  if (isFiltered) {
    return (
      <Empty icon="search" title="Nothing like that has happened">
        <button type="button" class="secondary outline" onClick={onAll}>
          Show everything
        </button>
      </Empty>
    );
  }
  return (
    <Empty icon="events" title="Nothing has happened yet">
      <p>
        Whatever terminals see and do is listed here seconds later: who came, who was refused and why, doors, alarms.
      </p>
    </Empty>
  );
}
