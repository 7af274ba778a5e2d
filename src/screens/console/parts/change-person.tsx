import { useRef, useState } from 'preact/hooks';
import type { PersonListed } from '../../../console/answers/people.ts';
import { RefusedError } from '../../kit/api.ts';
import { ask } from '../server.ts';
import { mayAs } from '../state.ts';
import { Dialog } from './dialog.tsx';
import { useDoing, valuesOf } from './doing.tsx';
import { Icon } from './icon.tsx';
import { listOf, MayFields, mayTexts, validityOf } from './person-fields.tsx';
import { Problem } from './problem.tsx';
import { instant } from './time.tsx';

/** The form for what somebody has and may. What nobody touched is not sent, and what others did meanwhile is not undone. */
export function ChangePerson(props: {
  readonly person: PersonListed;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { onClose, onDone } = props;
  const [person, setPerson] = useState(props.person);
  const [overtakenBy, setOvertakenBy] = useState<PersonListed | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const at = `/api/people/${encodeURIComponent(person.id)}`;
  const changing = useDoing(async (form: HTMLFormElement) => {
    const body = changesIn(valuesOf(form), person);
    if (Object.keys(body).length === 0) return onClose();
    try {
      await ask(at, { method: 'PATCH', body: { ...body, basedOn: person.version } });
    } catch (error) {
      if (!(error instanceof RefusedError) || error.code !== 'person.changed') throw error;
      return setOvertakenBy(await ask<PersonListed>(at));
    }
    onDone();
  });
  const goOn = (now: PersonListed) => {
    if (form.current !== null) fillIn(form.current, { before: person, now });
    setPerson(now);
    setOvertakenBy(null);
  };
  return (
    <Dialog title={`Change ${props.person.name}`} onClose={onClose}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void changing.run(event.currentTarget);
        }}
      >
        <Problem of={changing.error} />
        {overtakenBy && <Overtaken before={person} now={overtakenBy} />}
        <label>
          Name
          <input name="name" required maxLength={200} defaultValue={person.name} />
        </label>
        <MayFields of={person} />
        <label>
          New PIN
          <input
            name="pin"
            inputMode="numeric"
            pattern="[0-9]{4,12}"
            autocomplete="off"
            placeholder={person.pin ? 'as it is' : 'none'}
          />
        </label>
        {person.pin && (
          <label>
            <input type="checkbox" name="noPin" /> Take the PIN away
          </label>
        )}
        <footer>
          {/* With keys: one that turned into the other while it is clicked would send the form. */}
          {overtakenBy ? (
            <button key="go-on" type="button" onClick={() => goOn(overtakenBy)}>
              Go on from what holds now
            </button>
          ) : (
            <button key="send" type="submit" aria-busy={changing.busy}>
              Change
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

type Texts = Readonly<Record<'name' | 'groups' | 'validFrom' | 'validUntil', string>>;

/** What the fields hold that nobody has touched. */
function textsOf(person: PersonListed): Texts {
  return { name: person.name, ...mayTexts(person) };
}

/** What of the form differs from what it was opened with. */
function changesIn(values: Record<string, string>, person: PersonListed): Record<string, unknown> {
  const { name, groups, validFrom, validUntil, cards, pin, noPin } = values;
  const texts = textsOf(person);
  const validity = validityOf({ validFrom, validUntil });
  return {
    ...(name !== texts.name && { name }),
    ...(groups !== texts.groups && { groups: listOf(groups) }),
    // To the minute, as the field has it: what was not touched keeps its seconds.
    ...(validFrom !== texts.validFrom && { validFrom: validity.validFrom }),
    ...(validUntil !== texts.validUntil && { validUntil: validity.validUntil }),
    ...(cards && { cards: listOf(cards) }),
    ...(noPin ? { pin: null } : pin && { pin }),
  };
}

/** Take over what holds now; what was typed stays where nobody else has changed the same. */
function fillIn(form: HTMLFormElement, of: { readonly before: PersonListed; readonly now: PersonListed }): void {
  const [before, now] = [textsOf(of.before), textsOf(of.now)];
  for (const field of Object.keys(now) as (keyof Texts)[]) {
    const input = form.elements.namedItem(field) as HTMLInputElement;
    const isShut = of.now.suspended && field.startsWith('valid');
    if (isShut || input.value.trim() === before[field] || now[field] !== before[field]) input.value = now[field];
  }
}

const shown: Readonly<Record<string, (person: PersonListed) => string>> = {
  Name: ({ name }) => name,
  Groups: ({ groups }) => groups.join(', ') || 'none',
  'Valid from': ({ validFrom }) => (validFrom === null ? 'always' : instant(validFrom)),
  'Valid until': ({ validUntil }) => (validUntil === null ? 'always' : instant(validUntil)),
  Suspended: ({ suspended }) => (suspended ? `yes, by ${suspended.author}` : 'no'),
  Cards: ({ cards }) => String(cards),
  PIN: ({ pin }) => (pin ? 'yes' : 'no'),
  Pictures: ({ templates }) => String(templates),
};

/** What somebody else has changed while the form was open. */
function Overtaken({ before, now }: { readonly before: PersonListed; readonly now: PersonListed }) {
  const others = Object.entries(shown).filter(([, of]) => of(before) !== of(now));
  return (
    <div class="notice warn" role="alert">
      <Icon name="warn" />
      <div>
        <strong>Somebody has changed {before.name} meanwhile. Nothing of yours is done yet.</strong>
        {others.map(([what, of]) => (
          <p key={what}>
            {what}: {of(now)} <span class="quiet">(before: {of(before)})</span>
          </p>
        ))}
        {others.length === 0 && <p>It is nothing that is shown here: another card, or another PIN.</p>}
        {mayAs('administrator') && <p class="quiet">The page Changes says who.</p>}
      </div>
    </div>
  );
}
