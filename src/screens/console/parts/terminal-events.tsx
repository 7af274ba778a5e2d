import { useState } from 'preact/hooks';
import type { EventListed } from '../../../console/answers/events.ts';
import { placeWords } from '../place-words.ts';
import { EventDetails, EventList } from './event-list.tsx';
import { Card, Waiting } from './page.tsx';
import { Problem } from './problem.tsx';
import { everyEvent, useEvents } from './use-events.ts';

const most = 12;

/** What happened last at one terminal, and what comes in meanwhile. */
export function TerminalEvents({ id }: { readonly id: string }) {
  const [shown, setShown] = useState<EventListed | null>(null);
  const { events, names, error } = useEvents({ ...everyEvent, terminal: id }, most);
  if (events === null || events.length === 0) {
    return (
      <Card title={placeWords().happened}>
        {error ? <Problem of={error} /> : events === null ? <Waiting /> : <p class="quiet">Nothing yet.</p>}
      </Card>
    );
  }
  return (
    <>
      <EventList
        title={placeWords().happened}
        actions={<a href={`/events?${new URLSearchParams({ terminal: id })}`}>All of its events</a>}
        isOfOne
        of={events.slice(0, most)}
        names={names}
        onShow={setShown}
      />
      {shown && <EventDetails of={shown} names={names} onClose={() => setShown(null)} />}
    </>
  );
}
