import { useState } from 'preact/hooks';
import type { Setting, Settings } from '../../../console/answers/settings.ts';
import { ask } from '../server.ts';
import { mayAs } from '../state.ts';
import { useDoing, valuesOf } from './doing.tsx';
import { Icon } from './icon.tsx';
import { useLoaded } from './loaded.ts';
import { Badge, Card } from './page.tsx';
import { Problem } from './problem.tsx';

/** The hub's own configuration: what may be changed from here, and the whole of it to be read. */
export function OwnSettings() {
  const { value: loaded, error } = useLoaded<Settings>('/api/settings');
  const [saved, setSaved] = useState<Settings | null>(null);
  const value = saved ?? loaded;
  return (
    <Card title="This hub">
      <Problem of={error} />
      {value && (
        <>
          <p class="quiet">
            limen {value.version}, Node {value.node}. {fileWords(value)}
          </p>
          {value.file && mayAs('administrator') && (
            <Changeable key={value.file.digest} of={value} file={value.file} onSaved={setSaved} />
          )}
          <details>
            <summary>Its configuration with every default</summary>
            <pre>{value.effective}</pre>
          </details>
        </>
      )}
    </Card>
  );
}

function fileWords({ file }: Settings): string {
  if (file === null) return 'Its file cannot be read; it is changed on the machine.';
  if (!file.isWritable)
    return `Its file ${file.path} is changed on the machine: the hub may not write there. It is read when the hub starts.`;
  return `Its file is ${file.path}. What is not listed here is changed there, on the machine.`;
}

function Changeable(props: {
  readonly of: Settings;
  readonly file: NonNullable<Settings['file']>;
  readonly onSaved: (settings: Settings) => void;
}) {
  const { of, file, onSaved } = props;
  const waiting = of.settings.filter(({ inFile, inForce, standard }) => (inFile ?? standard) !== inForce);
  const saving = useDoing(async (form: HTMLFormElement) => {
    const changes = changesOf(of.settings, valuesOf(form));
    onSaved(await ask<Settings>('/api/settings', { method: 'PUT', body: { digest: file.digest, changes } }));
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void saving.run(event.currentTarget);
      }}
    >
      {waiting.length > 0 && (
        <div class="notice warn" role="status">
          <Icon name="warn" />
          <div>
            <strong>Restart the hub.</strong> Its file says something else than what is in force:{' '}
            {waiting.map(({ key }) => key).join(', ')}.
          </div>
        </div>
      )}
      <Problem of={saving.error} />
      <div class="settings-fields">
        {of.settings.map((setting) => (
          <Field key={setting.key} of={setting} isReadOnly={!file.isWritable} />
        ))}
      </div>
      {file.isWritable && (
        <footer>
          <small>
            The file as it was stays beside it, as <code>.previous</code>.
          </small>
          <button type="submit" aria-busy={saving.busy}>
            Save
          </button>
        </footer>
      )}
    </form>
  );
}

function Field({ of, isReadOnly }: { readonly of: Setting; readonly isReadOnly: boolean }) {
  const { key, says, choices, least, most, standard, inForce, inFile } = of;
  const common = { id: key, name: key, disabled: isReadOnly };
  const value = String(inFile ?? standard);
  return (
    <label htmlFor={key}>
      <span>
        {key} {String(inForce) !== value && <Badge tone="warn">now {inForce}</Badge>}
      </span>
      {choices ? (
        <select {...common}>
          {choices.map((choice) => (
            <option key={choice} selected={choice === value}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="number"
          step="any"
          required
          {...(least !== null && { min: least })}
          {...(most !== null && { max: most })}
          defaultValue={value}
        />
      )}
      <small>
        {says}. Otherwise {standard}.
      </small>
    </label>
  );
}

/** What differs from the file; the standard is taken out of it, so that a later limen may have a better one. */
function changesOf(settings: readonly Setting[], values: Readonly<Record<string, string>>) {
  const changes: Record<string, string | number | null> = {};
  for (const { key, choices, standard, inFile } of settings) {
    const typed = values[key];
    if (typed === undefined || typed === String(inFile ?? standard)) continue;
    changes[key] = typed === String(standard) ? null : choices ? typed : Number(typed);
  }
  return changes;
}
