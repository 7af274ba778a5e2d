import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { EventListed } from '../../../console/answers/events.ts';
import { ChoosePerson } from '../parts/choose-person.tsx';
import { EventDetails, EventList } from '../parts/event-list.tsx';
import { kindChoices } from '../parts/event-words.ts';
import { Icon } from '../parts/icon.tsx';
import { Empty, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { type EventFilter, everyEvent, paramsOf, useEvents } from '../parts/use-events.ts';
import { placeWords } from '../place-words.ts';
import { isAtTerminal, terminals } from '../state.ts';

/** What happened, as it happens. */
export function Events() {
  const { query } = useLocation();
  const { kinds = '', terminal = '', person = '', from = '', to = '' } = query;
  const [filter, setFilter] = useState<EventFilter>({ kinds, terminal, person, from, to });
  const [shown, setShown] = useState<EventListed | null>(null);
  const found = useEvents(filter);
  const asked = paramsOf(filter);
  const isFiltered = asked.size > 0;
  const file = (format: string) => `/api/events/file?${new URLSearchParams([...asked, ['format', format]])}`;
  return (
    <Page
      title="Events"
      says={filter.to === '' ? placeWords().events : 'What happened, newest first.'}
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
        <EventList isOfOne={isAtTerminal.value} of={found.events} names={found.names} onShow={setShown} />
      ) : (
        <Nothing {...{ isFiltered, isMore: found.older !== null }} onAll={() => setFilter(everyEvent)} />
      )}
      {found.older !== null && (
        <button type="button" class="secondary outline" aria-busy={found.isBusy} onClick={found.older}>
          Older ones
        </button>
      )}
      {shown && <EventDetails of={shown} names={found.names} onClose={() => setShown(null)} />}
    </Page>
  );
}

function Filters({ of, onChange }: { readonly of: EventFilter; readonly onChange: (filter: EventFilter) => void }) {
  const set = (key: keyof EventFilter) => (event: { currentTarget: { value: string } }) =>
    onChange({ ...of, [key]: event.currentTarget.value });
  return (
    <search class={`filters events ${isAtTerminal.value ? 'here' : ''}`}>
      <select aria-label="What" value={of.kinds} onChange={set('kinds')}>
        {kindChoices.map(([name, kinds]) => (
          <option key={kinds} value={kinds}>
            {name}
          </option>
        ))}
      </select>
      {!isAtTerminal.value && (
        <select aria-label="Where" value={of.terminal} onChange={set('terminal')}>
          <option value="">Every terminal</option>
          {(terminals.value ?? []).map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      )}
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

function Nothing(props: {
  readonly isFiltered: boolean;
  /** A terminal looks through so many events at a time, and there are older ones. */
  readonly isMore: boolean;
  readonly onAll: () => void;
}) {
  const { isFiltered, isMore, onAll } = props;
  if (isFiltered) {
    return (
      <Empty icon="search" title={isMore ? 'Nothing like that of late' : 'Nothing like that has happened'}>
        <button type="button" class="secondary outline" onClick={onAll}>
          Show everything
        </button>
      </Empty>
    );
  }
  return (
    <Empty icon="events" title="Nothing has happened yet">
      <p>{placeWords().noEvents}</p>
    </Empty>
  );
}
