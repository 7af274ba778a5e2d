import { useState } from 'preact/hooks';
import type { Erasure, PersonListed } from '../../../console/answers/people.ts';
import { ChangePerson } from '../parts/change-person.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useDoing, valuesOf } from '../parts/doing.tsx';
import { ForgetPassage } from '../parts/forget-passage.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Card, Facts, Page, Waiting } from '../parts/page.tsx';
import { GroupsField, listOf } from '../parts/person-fields.tsx';
import { PersonFile } from '../parts/person-file.tsx';
import { Problem } from '../parts/problem.tsx';
import { Receipts } from '../parts/receipts.tsx';
import { SayEntry } from '../parts/say-entry.tsx';
import { instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { isAtTerminal, mayAs, mayEnrol } from '../state.ts';
import { PersonState } from './people.tsx';

const toPeople = { href: '/people', to: 'People' };

/** One person: what they have and may, and what can be done about it. */
export function Person({ id }: { readonly id: string }) {
  const at = `/api/people/${encodeURIComponent(id)}`;
  const { value: person, error, again } = useLoaded<PersonListed>(at);
  const [asked, setAsked] = useState<'change' | 'move' | 'suspend' | 'resume' | 'forget-face' | 'erase' | null>(null);
  const [erased, setErased] = useState<{ readonly of: Erasure; readonly face: boolean } | null>(null);
  const close = () => setAsked(null);
  if (erased !== null) {
    return (
      <Page title={id} says={erased.face ? 'The face is forgotten.' : 'Erased.'} back={toPeople}>
        <Receipts {...erased} />
        {mayAs('administrator') && <PersonFile id={id} />}
      </Page>
    );
  }
  if (person === null) {
    return (
      <Page title={id} back={toPeople}>
        {error ? <Problem of={error} /> : <Waiting />}
      </Page>
    );
  }
  const suspended = Boolean(person.suspended);
  return (
    <Page
      title={person.name}
      says={
        <>
          {person.id} · <PersonState of={person} />
        </>
      }
      back={toPeople}
      actions={
        mayEnrol() && (
          <>
            <button type="button" class="secondary outline" onClick={() => setAsked('change')}>
              Change
            </button>
            <button type="button" class="secondary outline" onClick={() => setAsked('move')}>
              Move
            </button>
            <a class="go beside" href={`/people/${encodeURIComponent(id)}/pictures`}>
              <Icon name="camera" /> {person.templates > 0 ? 'New pictures' : 'Add a face'}
            </a>
            {person.templates > 0 && (
              <button type="button" class="secondary outline" onClick={() => setAsked('forget-face')}>
                Forget the face
              </button>
            )}
            <button type="button" class="secondary outline" onClick={() => setAsked(suspended ? 'resume' : 'suspend')}>
              {suspended ? 'Let pass again' : 'Suspend'}
            </button>
            <button type="button" class="danger outline" onClick={() => setAsked('erase')}>
              Erase
            </button>
          </>
        )
      }
    >
      {person.suspended && (
        <div class="notice bad">
          <Icon name="lock" />
          <div>
            <strong>Suspended: nobody lets them pass.</strong>
            <p>
              {person.suspended.reason} ({person.suspended.author}, {instant(person.suspended.since)})
            </p>
          </div>
        </div>
      )}
      {person.templates === 0 && (
        <div class="notice">
          <Icon name="key" />
          <div>
            <strong>Enrolled without a face.</strong>
            <p>{facelessWords(person)}</p>
          </div>
        </div>
      )}
      <Card title="What they have and may">
        <Facts
          of={[
            ['Groups', person.groups.join(', ') || 'none'],
            ['Valid', validity(person)],
            ['Pictures that became numbers', person.templates],
            ['Cards', person.cards],
            ['PIN', person.pin ? 'yes' : 'no'],
          ]}
        />
      </Card>
      <div class="columns">
        {mayEnrol() && <ForgetPassage id={id} name={person.name} />}
        {!isAtTerminal.value && mayAs('administrator') && <PersonFile id={id} />}
      </div>
      {asked === 'change' && (
        <ChangePerson
          person={person}
          onClose={close}
          onDone={() => {
            close();
            again();
          }}
        />
      )}
      {asked === 'move' && (
        <Move
          person={person}
          onClose={close}
          onDone={() => {
            close();
            again();
          }}
        />
      )}
      {asked === 'suspend' && <Suspend {...{ at, name: person.name, onClose: close, onDone: again }} />}
      {asked === 'resume' && (
        <Confirm
          {...{ title: `Let ${person.name} pass again?`, verb: 'Let pass again', onClose: close }}
          says="What they may is as it was before they were suspended."
          act={async () => {
            await ask(`${at}/suspension`, { method: 'DELETE' });
            again();
          }}
        />
      )}
      {asked === 'erase' && (
        <Confirm
          {...{ title: `Erase ${person.name}?`, verb: 'Erase', danger: true, onClose: close }}
          says="Name, face, PIN and cards are forgotten here and at every terminal, and cannot be brought back. The id stays, so that it is never given to anybody else; under it stay what they worked, with the groups that it is counted by, and what happened in the journal."
          act={async () => setErased({ of: await ask<Erasure>(at, { method: 'DELETE' }), face: false })}
        />
      )}
      {asked === 'forget-face' && (
        <Confirm
          {...{ title: `Forget the face of ${person.name}?`, verb: 'Forget the face', danger: true, onClose: close }}
          says={`What was made of their pictures is erased here and at every terminal, and cannot be brought back. ${
            person.cards > 0 || person.pin
              ? 'Card and PIN stay, and are what they pass by from now on, where the rules allow that.'
              : 'They have neither card nor PIN, and pass nowhere until they have one.'
          }`}
          act={async () => setErased({ of: await ask<Erasure>(`${at}/face`, { method: 'DELETE' }), face: true })}
        />
      )}
    </Page>
  );
}

function facelessWords({ cards, pin, faceErasedAt }: PersonListed): string {
  const since = !faceErasedAt ? '' : `The face was forgotten on ${instant(faceErasedAt)}. `;
  const has = [cards > 0 && 'a card', pin && 'a PIN'].filter(Boolean).join(' and ') || 'nothing to pass by';
  return `${since}They have ${has}; the rules say where that is enough (withoutFace).`;
}

function validity({ validFrom, validUntil }: PersonListed): string {
  if (validFrom === null && validUntil === null) return 'always';
  return [validFrom && `from ${instant(validFrom)}`, validUntil && `until ${instant(validUntil)}`]
    .filter(Boolean)
    .join(' ');
}

function Move(props: { readonly person: PersonListed; readonly onClose: () => void; readonly onDone: () => void }) {
  const { person, onClose, onDone } = props;
  return (
    <SayEntry
      {...{ title: `Move ${person.name} to other groups`, verb: 'Move', example: 'new contract', onClose, onDone }}
      said={({ groups, from = '' }) => ({ kind: 'groups', personId: person.id, from, groups: listOf(groups) })}
    >
      <GroupsField of={person} />
      <label>
        From which day on?
        <input name="from" type="date" required />
        <small>
          Behind today or ahead: attendance counts each day by the groups of that day. Doors follow on the day.
        </small>
      </label>
    </SayEntry>
  );
}

function Suspend(props: {
  readonly at: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { at, name, onClose, onDone } = props;
  const suspending = useDoing(async (form: HTMLFormElement) => {
    await ask(`${at}/suspension`, { method: 'PUT', body: { reason: valuesOf(form).reason } });
    onClose();
    onDone();
  });
  return (
    <Dialog title={`Suspend ${name}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void suspending.run(event.currentTarget);
        }}
      >
        <Problem of={suspending.error} />
        <p>Nobody lets them pass until they may again. Nothing about them is lost.</p>
        <label>
          Why?
          <input name="reason" required autofocus maxLength={200} placeholder="Card and phone were stolen" />
        </label>
        <footer>
          <button type="submit" class="danger" aria-busy={suspending.busy}>
            Suspend
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
