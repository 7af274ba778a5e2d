import { useEffect, useState } from 'preact/hooks';
import type { PeoplePage, PersonListed } from '../../../console/answers/people.ts';
import { ask } from '../server.ts';

/** Names a person by id; suggests whoever the letters are part of, by name as well. */
export function ChoosePerson(props: {
  readonly label: string;
  /** Shown in place of a label beside it. */
  readonly isBare?: boolean;
  readonly name?: string;
  readonly required?: boolean;
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const { label, isBare, name, required, value, onChange } = props;
  const [found, setFound] = useState<readonly PersonListed[]>([]);
  const list = `people-${label.replace(/\W/g, '-')}`;
  useEffect(() => {
    const gone = new AbortController();
    const asking = setTimeout(() => {
      const query = new URLSearchParams({ limit: '20', ...(value && { text: value }) });
      ask<PeoplePage>(`/api/people?${query}`, { signal: gone.signal }).then(
        ({ people }) => setFound(people),
        () => {},
      );
    }, 150);
    return () => {
      clearTimeout(asking);
      gone.abort();
    };
  }, [value]);
  const own = found.find(({ id }) => id === value);
  const input = (
    <input
      {...{ name, list, required, value, autocomplete: 'off', spellcheck: false, maxLength: 64 }}
      type="search"
      placeholder={isBare ? label : 'Name or id'}
      aria-label={isBare ? label : undefined}
      onInput={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
  return (
    <>
      {isBare ? (
        input
      ) : (
        // biome-ignore lint/a11y/noLabelWithoutControl: the input is the one above.
        <label>
          {label}
          {input}
          <small>{own ? own.name : value ? '\u00a0' : 'Type a part of the name, and choose.'}</small>
        </label>
      )}
      <datalist id={list}>
        {found.map(({ id, name: called }) => (
          <option key={id} value={id} label={called}>
            {called}
          </option>
        ))}
      </datalist>
    </>
  );
}
