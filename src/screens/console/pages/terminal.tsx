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
import { TerminalNow } from '../parts/terminal-now.tsx';
import { PresenceDot, Worries } from '../parts/terminal-state.tsx';
import { TerminalVerbs } from '../parts/terminal-verbs.tsx';
import { instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { mayAs, terminals } from '../state.ts';

const toTerminals = { href: '/', to: 'Terminals' };

/** One terminal: how it is, and what it can be told. */
export function Terminal({ id }: { readonly id: string }) {
  const [asked, setAsked] = useState<'provision' | 'revoke' | null>(null);
  const [outcome, setOutcome] = useState<CommandOutcome | null>(null);
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
  return (
    <Page
      {...{ title: id, back: toTerminals }}
      says={
        <>
          <PresenceDot of={one} /> <Worries of={one} />
        </>
      }
      actions={<TerminalVerbs of={one} onTold={setOutcome} />}
    >
      {outcome && <Outcomes of={[outcome]} onClose={() => setOutcome(null)} />}
      <div class="columns">
        <TerminalNow of={one} />
        <TerminalHealth of={one} />
      </div>
      {mayAs('operator') && <TerminalDiagnosis of={one} />}
      <TerminalEvents id={id} />
      {mayAs('administrator') && (
        <Keys of={one} onProvision={() => setAsked('provision')} onRevoke={() => setAsked('revoke')} />
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
            await ask(`/api/terminals/${encodeURIComponent(id)}/revocation`, { method: 'POST' });
            route('/');
          }}
        />
      )}
    </Page>
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
