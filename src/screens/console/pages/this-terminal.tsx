import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { CommandOutcome, TerminalView } from '../../../console/answers/terminals.ts';
import { Icon } from '../parts/icon.tsx';
import { Badge, Card, Facts, Page, Waiting } from '../parts/page.tsx';
import { Outcomes } from '../parts/site-command.tsx';
import { TerminalDiagnosis } from '../parts/terminal-diagnosis.tsx';
import { TerminalEvents } from '../parts/terminal-events.tsx';
import { TerminalHealth } from '../parts/terminal-health.tsx';
import { DoorBadge, GalleryBadge, Worries } from '../parts/terminal-state.tsx';
import { needsAdministrator, TerminalVerbs } from '../parts/terminal-verbs.tsx';
import { Ago } from '../parts/time.tsx';
import { mayAs, session, terminals } from '../state.ts';

/** The first page of a terminal's own console: how it is, what happens before it, what its door can be told. */
export function ThisTerminal() {
  const [outcome, setOutcome] = useState<CommandOutcome | null>(null);
  const one = terminals.value?.[0];
  const name = session.value?.terminal ?? 'This terminal';
  if (one === undefined) {
    return (
      <Page title={name}>
        <Waiting />
      </Page>
    );
  }
  return (
    <Page
      title={name}
      says={
        <>
          {one.status?.door === null ? 'A time clock' : 'A door'} of {session.value?.site}, as it is now.{' '}
          <Worries of={one} />
        </>
      }
      actions={<TerminalVerbs of={one} onTold={setOutcome} />}
    >
      {outcome && <Outcomes of={[outcome]} onClose={() => setOutcome(null)} />}
      {needsAdministrator(one) && (
        <div class="notice warn">
          <Icon name="lock" />
          <div>
            <strong>Locked down.</strong> Here only an administrator can end that; at the hub an operator can as well.
          </div>
        </div>
      )}
      <div class="columns">
        <Card title="Now">
          <Now of={one} />
        </Card>
        <TerminalHealth of={one} />
      </div>
      {mayAs('operator') && <TerminalDiagnosis of={one} />}
      <TerminalEvents id={one.id} />
    </Page>
  );
}

function Now({ of }: { readonly of: TerminalView }) {
  const { status } = of;
  if (status === null) return <Waiting />;
  const isBehind = of.headVersion > status.galleryVersion;
  return (
    <Facts
      of={[
        ['Door', <DoorBadge key="door" of={of} />],
        ...ofHub(of, ['Hub', <ToHub key="hub" of={of} />]),
        [
          'Gallery',
          <>
            version {status.galleryVersion} {isBehind && <GalleryBadge of={of} />}
          </>,
        ],
        ['People', status.people],
        ...ofHub(of, ['Events that the hub does not have yet', status.waitingEvents]),
        ['Running since', <Ago key="since" at={status.since} />],
        ['Software', status.software],
        ['Models', status.pack],
      ]}
    />
  );
}

type Fact = readonly [string, ComponentChildren];

/** Of a terminal that works alone there is nothing to say of a hub. */
function ofHub({ provisionedAt }: TerminalView, fact: Fact): readonly Fact[] {
  return provisionedAt === null ? [] : [fact];
}

function ToHub({ of }: { readonly of: TerminalView }) {
  return of.toHub ? <Badge tone="good">connected</Badge> : <Badge tone="warn">not reached</Badge>;
}
