import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { CommandOutcome, TerminalView } from '../../../console/answers/terminals.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Empty, Facts, Page, Waiting } from '../parts/page.tsx';
import { Provision } from '../parts/provision.tsx';
import { Outcomes } from '../parts/site-command.tsx';
import { TerminalDiagnosis } from '../parts/terminal-diagnosis.tsx';
import { TerminalEvents } from '../parts/terminal-events.tsx';
import { TerminalHealth } from '../parts/terminal-health.tsx';
import { DoorBadge, GalleryBadge, PresenceDot, Worries } from '../parts/terminal-state.tsx';
import { Ago, instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { heardFrom, mayAs, terminals } from '../state.ts';

const toTerminals = { href: '/', to: 'Terminals' };

const verbs = {
  unlock: {
    name: 'Unlock',
    icon: 'unlock',
    title: 'Unlock the door?',
    says: 'It opens once, for as long as it is set to.',
    danger: false,
  },
  lockdown: {
    name: 'Lock down',
    icon: 'lock',
    title: 'Lock down this door?',
    says: 'It locks and lets nobody in until the lockdown is ended. The way out stays open.',
    danger: true,
  },
  release: {
    name: 'End lockdown',
    icon: 'unlock',
    title: 'End the lockdown?',
    says: 'The door works as its rules say again.',
    danger: false,
  },
} as const;
type Verb = keyof typeof verbs;

/** One terminal: how it is, and what it can be told. */
export function Terminal({ id }: { readonly id: string }) {
  const [asked, setAsked] = useState<Verb | 'provision' | 'revoke' | null>(null);
  const [outcome, setOutcome] = useState<readonly CommandOutcome[] | null>(null);
  const { route } = useLocation();
  if (terminals.value === null)
    return (
      <Page {...{ title: id, back: toTerminals }}>
        <Waiting />
      </Page>
    );
  const one = terminals.value.find((terminal) => terminal.id === id);
  if (one === undefined) {
    return (
      <Page {...{ title: id, back: toTerminals }}>
        <Empty icon="terminals" title="Nobody has provisioned a terminal of this name" />
      </Page>
    );
  }
  const close = () => setAsked(null);
  const isLockedDown = one.status?.door === 'lockdown';
  const offered: readonly Verb[] = isLockedDown ? ['release'] : ['unlock', 'lockdown'];
  const at = `/api/terminals/${encodeURIComponent(id)}`;
  const tell = async (verb: Verb, reason: string | undefined) => {
    const body = { verb, ...(reason && { reason }) };
    setOutcome([await ask<CommandOutcome>(`${at}/commands`, { method: 'POST', body })]);
  };
  return (
    <Page
      {...{ title: id, back: toTerminals }}
      says={
        <>
          <PresenceDot of={one} /> <Worries of={one} />
        </>
      }
      actions={
        mayAs('operator') &&
        one.revokedAt === null &&
        one.status?.door !== null &&
        offered.map((verb) => (
          <button
            key={verb}
            type="button"
            class={verbs[verb].danger ? 'danger outline' : ''}
            disabled={one.presence !== 'online'}
            onClick={() => setAsked(verb)}
          >
            <Icon name={verbs[verb].icon} /> {verbs[verb].name}
          </button>
        ))
      }
    >
      {outcome && <Outcomes of={outcome} onClose={() => setOutcome(null)} />}
      <div class="columns">
        <Card title="Now">
          <Now of={one} />
        </Card>
        <TerminalHealth of={one} />
      </div>
      {mayAs('operator') && <TerminalDiagnosis of={one} />}
      <TerminalEvents id={id} />
      {mayAs('administrator') && (
        <Keys of={one} onProvision={() => setAsked('provision')} onRevoke={() => setAsked('revoke')} />
      )}
      {asked !== null && asked in verbs && (
        <Confirm
          {...{
            title: verbs[asked as Verb].title,
            says: verbs[asked as Verb].says,
            danger: verbs[asked as Verb].danger,
          }}
          {...{ verb: verbs[asked as Verb].name, why: true, onClose: close }}
          act={(reason) => tell(asked as Verb, reason)}
        />
      )}
      {asked === 'provision' && (
        <Dialog title={`A new file for ${id}`} onClose={close}>
          <Provision again={id} />
        </Dialog>
      )}
      {asked === 'revoke' && (
        <Confirm
          {...{ title: `Revoke ${id}?`, verb: 'Revoke it', danger: true, onClose: close }}
          says="For one that was lost or stolen: the hub and the other terminals do not believe it any more, and the site gets a new key without it."
          act={async () => {
            await ask(`${at}/revocation`, { method: 'POST' });
            route('/');
          }}
        />
      )}
    </Page>
  );
}

function Now({ of }: { readonly of: TerminalView }) {
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

function Keys(props: { readonly of: TerminalView; readonly onProvision: () => void; readonly onRevoke: () => void }) {
  const { of, onProvision, onRevoke } = props;
  return (
    <Card
      title="Keys"
      actions={
        <div class="actions">
          <button type="button" class="secondary outline" onClick={onProvision}>
            <Icon name="key" /> New file
          </button>
          {of.revokedAt === null && (
            <button type="button" class="danger outline" onClick={onRevoke}>
              Revoke
            </button>
          )}
        </div>
      }
    >
      <Facts
        of={[
          ['Provisioned', of.provisionedAt ? instant(of.provisionedAt) : 'never'],
          ...(of.revokedAt ? [['Revoked', instant(of.revokedAt)] as const] : []),
          ['Holds the newest keys', of.holdsKeys ? 'yes' : 'not yet'],
        ]}
      />
    </Card>
  );
}
