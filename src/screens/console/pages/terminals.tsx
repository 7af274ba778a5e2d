import { useState } from 'preact/hooks';
import type { TerminalView } from '../../../console/answers/terminals.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Empty, Page, Waiting } from '../parts/page.tsx';
import { Provision } from '../parts/provision.tsx';
import { commandSite, Outcomes } from '../parts/site-command.tsx';
import { DoorBadge, GalleryBadge, PresenceDot, Worries } from '../parts/terminal-state.tsx';
import { Ago } from '../parts/time.tsx';
import { inService, mayAs, terminals } from '../state.ts';

/** Every terminal at a glance. */
export function Terminals() {
  const [asked, setAsked] = useState<'add' | 'lockdown' | 'release' | null>(null);
  const [outcome, setOutcome] = useState<Awaited<ReturnType<typeof commandSite>> | null>(null);
  const all = terminals.value;
  const close = () => setAsked(null);
  return (
    <Page
      title="Terminals"
      says="Doors and time clocks of this site, as they are now."
      actions={
        <>
          {mayAs('operator') && inService.value.length > 0 && (
            <>
              <button type="button" class="secondary outline" onClick={() => setAsked('release')}>
                <Icon name="unlock" /> End lockdown
              </button>
              <button type="button" class="danger outline" onClick={() => setAsked('lockdown')}>
                <Icon name="lock" /> Lock down the site
              </button>
            </>
          )}
          {mayAs('administrator') && (
            <button type="button" onClick={() => setAsked('add')}>
              <Icon name="plus" /> Add a terminal
            </button>
          )}
        </>
      }
    >
      {outcome && <Outcomes of={outcome} onClose={() => setOutcome(null)} />}
      {all === null ? (
        <Waiting />
      ) : all.length === 0 ? (
        <NoTerminals onAdd={() => setAsked('add')} />
      ) : (
        <Overview all={all} />
      )}
      {asked === 'add' && (
        <Dialog title="Add a terminal" onClose={close}>
          <Provision />
        </Dialog>
      )}
      {asked === 'lockdown' && (
        <Confirm
          {...{ title: 'Lock down the site?', verb: 'Lock down every door', danger: true, why: true, onClose: close }}
          says="Every door locks and lets nobody in, whoever it is, until the lockdown is ended. Ways out stay open."
          act={async (reason) => setOutcome(await commandSite('lockdown', reason))}
        />
      )}
      {asked === 'release' && (
        <Confirm
          {...{ title: 'End the lockdown?', verb: 'Let people in again', why: true, onClose: close }}
          says="Every door works as its rules say again."
          act={async (reason) => setOutcome(await commandSite('release', reason))}
        />
      )}
    </Page>
  );
}

function NoTerminals({ onAdd }: { readonly onAdd: () => void }) {
  return (
    <Empty icon="terminals" title="No terminal yet">
      <p>A terminal is a small computer with a camera at a door, or a time clock. Give the first one its keys.</p>
      {mayAs('administrator') ? (
        <button type="button" onClick={onAdd}>
          <Icon name="plus" /> Add a terminal
        </button>
      ) : (
        <p class="quiet">An administrator can add one.</p>
      )}
    </Empty>
  );
}

function Overview({ all }: { readonly all: readonly TerminalView[] }) {
  const here = inService.value;
  const online = here.filter(({ presence }) => presence === 'online');
  const upToDate = online.filter(({ status, headVersion }) => (status?.galleryVersion ?? 0) >= headVersion);
  const lockdown = online.filter(({ status }) => status?.lockdown);
  const alarmed = online.filter(({ status }) => ['forced', 'held-open', 'jammed'].includes(status?.door ?? ''));
  return (
    <>
      <ul class="tiles">
        <Tile
          name="online"
          value={`${online.length} of ${here.length}`}
          tone={online.length < here.length ? 'warn' : 'good'}
        />
        <Tile
          name="with the newest gallery"
          value={`${upToDate.length} of ${online.length}`}
          tone={upToDate.length < online.length ? 'warn' : 'good'}
        />
        <Tile name="in lockdown" value={String(lockdown.length)} tone={lockdown.length > 0 ? 'bad' : 'plain'} />
        <Tile name="with an alarm" value={String(alarmed.length)} tone={alarmed.length > 0 ? 'bad' : 'plain'} />
      </ul>
      <Card class="flush">
        <table class="rows">
          <thead>
            <tr>
              <th>Terminal</th>
              <th>State</th>
              <th>Door</th>
              <th>Gallery</th>
              <th>People</th>
              <th>Heard</th>
            </tr>
          </thead>
          <tbody>
            {all.map((one) => (
              <tr key={one.id} class={one.revokedAt === null ? '' : 'gone'}>
                <td>
                  <a class="row-link" href={`/terminals/${encodeURIComponent(one.id)}`}>
                    {one.id}
                  </a>
                </td>
                <td>
                  <PresenceDot of={one} /> <Worries of={one} />
                </td>
                <td>
                  <DoorBadge of={one} />
                </td>
                <td>
                  <GalleryBadge of={one} />
                </td>
                <td>{one.status?.people ?? '–'}</td>
                <td>{one.heard ? <Ago at={one.heard.at} /> : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </>
  );
}

function Tile({ name, value, tone }: { readonly name: string; readonly value: string; readonly tone: string }) {
  return (
    <li class={`tile ${tone}`}>
      <strong>{value}</strong>
      <span>{name}</span>
    </li>
  );
}
