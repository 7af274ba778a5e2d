import { useState } from 'preact/hooks';
import type { PeoplePage, PersonListed } from '../../../console/answers/people.ts';
import { Icon } from '../parts/icon.tsx';
import { useLater } from '../parts/later.ts';
import { useLoaded } from '../parts/loaded.ts';
import { Badge, Card, Empty, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { placeWords } from '../place-words.ts';
import { isAtTerminal, mayEnrol } from '../state.ts';

const pageSize = 100;

/** Who is enrolled. */
export function People() {
  const [text, setText] = useState('');
  const [group, setGroup] = useState('');
  const [suspended, setSuspended] = useState('');
  const [from, setFrom] = useState(0);
  const typed = useLater(text);
  const query = new URLSearchParams({
    ...{ from: String(from), limit: String(pageSize) },
    ...(typed && { text: typed }),
    ...(group && { group }),
    ...(suspended && { suspended }),
  });
  const { value, error } = useLoaded<PeoplePage>(`/api/people?${query}`);
  const [last, setLast] = useState<PeoplePage | null>(null);
  // What was there stays until the answer to the next key is.
  if (value !== null && value !== last) setLast(value);
  const page = value ?? last;
  const isFiltered = text !== '' || group !== '' || suspended !== '';
  const narrow = (set: (value: string) => void) => (event: { currentTarget: { value: string } }) => {
    set(event.currentTarget.value);
    setFrom(0);
  };
  return (
    <Page
      title="People"
      says={
        page
          ? `${page.total} ${page.total === 1 ? 'person' : 'people'}${isFiltered ? ' found' : ' enrolled'}.${placeWords().people}`
          : 'Who is enrolled.'
      }
      actions={mayEnrol() && page !== null && (page.total > 0 || isFiltered) && <Ways />}
    >
      <Problem of={error} />
      {page !== null && (page.total > 0 || isFiltered) && (
        <search class="filters">
          <input
            type="search"
            placeholder="Name or id"
            aria-label="Name or id"
            value={text}
            onInput={narrow(setText)}
          />
          <select aria-label="Group" value={group} onChange={narrow(setGroup)}>
            <option value="">Every group</option>
            {page.groups.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
          {!isAtTerminal.value && (
            <select aria-label="Suspended" value={suspended} onChange={narrow(setSuspended)}>
              <option value="">Suspended or not</option>
              <option value="yes">Suspended</option>
              <option value="no">Not suspended</option>
            </select>
          )}
        </search>
      )}
      {page === null ? (
        !error && <Waiting />
      ) : page.people.length > 0 ? (
        <List of={page.people} />
      ) : (
        <Nobody isFiltered={isFiltered} />
      )}
      {page !== null && page.total > pageSize && <Pager {...{ from, total: page.total, onGo: setFrom }} />}
    </Page>
  );
}

function Ways() {
  return (
    <>
      <a class="go beside" href="/people/import">
        <Icon name="upload" /> Import many
      </a>
      <a class="go" href="/people/enrol">
        <Icon name="plus" /> Enrol somebody
      </a>
    </>
  );
}

function List({ of }: { readonly of: readonly PersonListed[] }) {
  return (
    <Card class="flush">
      <table class="rows">
        <thead>
          <tr>
            <th>Name</th>
            <th>Id</th>
            <th>Groups</th>
            <th>State</th>
            <th>Pictures</th>
            <th>Card, PIN</th>
          </tr>
        </thead>
        <tbody>
          {of.map((person) => (
            <tr key={person.id}>
              <td>
                <a class="row-link" href={`/people/${encodeURIComponent(person.id)}`}>
                  {person.name}
                </a>
              </td>
              <td>{person.id}</td>
              <td>{person.groups.join(', ') || '–'}</td>
              <td>
                <PersonState of={person} />
              </td>
              <td>{person.templates || 'no face'}</td>
              <td>{[person.cards > 0 && 'card', person.pin && 'PIN'].filter(Boolean).join(', ') || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** Whether somebody may pass at all, whatever the rules say. */
export function PersonState({ of: { suspended, validFrom, validUntil } }: { readonly of: PersonListed }) {
  const now = Date.now();
  if (suspended) return <Badge tone="bad">suspended</Badge>;
  if (validUntil !== null && Date.parse(validUntil) <= now) return <Badge tone="plain">not valid any more</Badge>;
  if (validFrom !== null && Date.parse(validFrom) > now) return <Badge tone="plain">not valid yet</Badge>;
  return <Badge tone="good">valid</Badge>;
}

function Nobody({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty icon="search" title="Nobody like that" />;
  const { title, says } = placeWords().nobody;
  return (
    <Empty icon="people" title={title}>
      <p>{says}</p>
      {mayEnrol() && (
        <div class="actions">
          <Ways />
        </div>
      )}
    </Empty>
  );
}

function Pager({
  from,
  total,
  onGo,
}: {
  readonly from: number;
  readonly total: number;
  readonly onGo: (from: number) => void;
}) {
  return (
    <div class="actions">
      <button type="button" class="secondary outline" disabled={from === 0} onClick={() => onGo(from - pageSize)}>
        Before
      </button>
      <span class="quiet">
        {from + 1} to {Math.min(total, from + pageSize)} of {total}
      </span>
      <button
        type="button"
        class="secondary outline"
        disabled={from + pageSize >= total}
        onClick={() => onGo(from + pageSize)}
      >
        After
      </button>
    </div>
  );
}
