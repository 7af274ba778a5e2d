import type { TerminalView } from '../../../console/answers/terminals.ts';
import { heardFrom } from '../state.ts';
import { Card, Facts } from './page.tsx';
import { DoorBadge, GalleryBadge } from './terminal-state.tsx';
import { Ago } from './time.tsx';

/** A terminal as it last said that it was. */
export function TerminalNow({ of }: { readonly of: TerminalView }) {
  return (
    <Card title="Now">
      <Said of={of} />
    </Card>
  );
}

function Said({ of }: { readonly of: TerminalView }) {
  const { status } = of;
  if (status === null)
    return (
      <p class="quiet">It has not been heard of since the hub started. Is it switched on, and set up with its file?</p>
    );
  return (
    <Facts
      of={[
        ['Door', <DoorBadge key="door" of={of} />],
        ['Gallery', <GalleryBadge key="gallery" of={of} />],
        ['People', status.people],
        ['Events on their way', status.waitingEvents],
        ['Running since', <Ago key="since" at={status.since} />],
        ['Heard', <Ago key="at" at={heardFrom(of)?.at ?? status.since} />],
        ['Software', status.software],
        ['Models', status.pack],
      ]}
    />
  );
}
