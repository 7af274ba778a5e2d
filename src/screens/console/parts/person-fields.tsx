import type { PersonListed } from '../../../console/answers/people.ts';
import { useLoaded } from './loaded.ts';

/** The fields of a new person; of somebody who is enrolled, only what new pictures need. */
export function PersonFields({ person }: { readonly person?: string | undefined }) {
  if (person !== undefined) return <KnownName id={person} />;
  return (
    <>
      <label>
        Id
        <input
          name="id"
          required
          maxLength={64}
          pattern="[A-Za-z0-9_\-][A-Za-z0-9._\-]*"
          placeholder="1001"
          autocomplete="off"
        />
        <small>Letters, digits, dots, dashes. Never used twice, not even after an erasure.</small>
      </label>
      <label>
        Name
        <input name="name" required maxLength={200} autocomplete="off" />
      </label>
      <MayFields />
      <label>
        PIN
        <input
          name="pin"
          inputMode="numeric"
          pattern="[0-9]{4,12}"
          autocomplete="off"
          placeholder="4 to 12 digits; may be left empty"
        />
      </label>
    </>
  );
}

function KnownName({ id }: { readonly id: string }) {
  const { value } = useLoaded<PersonListed>(`/api/people/${encodeURIComponent(id)}`);
  return (
    <>
      <label>
        Name
        <input key={value?.name} name="name" required maxLength={200} defaultValue={value?.name ?? ''} />
      </label>
      <p class="quiet">Everything else about {id} stays as it is. The pictures before count no more.</p>
    </>
  );
}

/** What somebody has and may. */
export function MayFields({ of }: { readonly of?: PersonListed }) {
  const { validFrom, validUntil } = of ? mayTexts(of) : {};
  // While somebody is suspended the hub keeps their validity as it was.
  const readOnly = Boolean(of?.suspended);
  return (
    <>
      <GroupsField of={of} />
      <div class="pair">
        <label>
          Valid from
          <input name="validFrom" type="datetime-local" defaultValue={validFrom} readOnly={readOnly} />
        </label>
        <label>
          until
          <input name="validUntil" type="datetime-local" defaultValue={validUntil} readOnly={readOnly} />
        </label>
      </div>
      {readOnly && <small>They are suspended: from when and until when can be changed once they may pass again.</small>}
      <label>
        Cards
        <input
          name="cards"
          maxLength={500}
          placeholder={of ? 'as they are; a list here replaces them' : '123-45678, parted by commas; may be left empty'}
          autocomplete="off"
        />
      </label>
    </>
  );
}

/** In which groups somebody is. */
export function GroupsField({ of }: { readonly of?: PersonListed | undefined }) {
  return (
    <label>
      Groups
      <input
        name="groups"
        maxLength={500}
        defaultValue={of && mayTexts(of).groups}
        placeholder="staff, workshop"
        autocomplete="off"
      />
      <small>Parted by commas. The rules say what a group may.</small>
    </label>
  );
}

/** Words parted by commas. */
export function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** What {@link MayFields} says about validity, as instants; `null` for no bound. */
export function validityOf({ validFrom = '', validUntil = '' }: Record<string, string | undefined>) {
  const instant = (text: string) => (text === '' ? null : new Date(text).toISOString());
  return { validFrom: instant(validFrom), validUntil: instant(validUntil) };
}

/** What {@link MayFields} and its groups hold of somebody that nobody has touched. */
export function mayTexts({ groups, validFrom, validUntil }: PersonListed) {
  return { groups: groups.join(', '), validFrom: localOf(validFrom), validUntil: localOf(validUntil) };
}

/** As fields for day and time want it: where the browser is, to the minute. */
function localOf(instant: string | null): string {
  if (instant === null) return '';
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
