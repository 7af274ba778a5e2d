import { useState } from 'preact/hooks';
import type { KeyProgressTold } from '../../../console/answers/keys.ts';
import { ask } from '../server.ts';
import { Dialog } from './dialog.tsx';
import { useDoing } from './doing.tsx';
import { Problem } from './problem.tsx';

type Kind = KeyProgressTold['underWay'][number];

const kinds: readonly (readonly [kind: Kind, name: string, means: string])[] = [
  ['site', 'Site key', 'People, rules, commands and events are encrypted with it; every terminal has it.'],
  ['hub', 'Key of the hub', 'The hub signs with it what terminals obey; it never leaves the hub.'],
];

/** Begin a change of keys. */
export function RotateKeys({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [chosen, setChosen] = useState<readonly Kind[]>(['site']);
  const rotating = useDoing(async () => {
    await ask<KeyProgressTold>('/api/keys/rotation', { method: 'POST', body: { kinds: chosen } });
    onDone();
    onClose();
  });
  return (
    <Dialog title="Change the keys of the site?" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void rotating.run();
        }}
      >
        <Problem of={rotating.error} />
        <fieldset class="choices">
          <legend>Which</legend>
          {kinds.map(([kind, name, means]) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={chosen.includes(kind)}
                onChange={(event) =>
                  setChosen(
                    kinds
                      .map(([one]) => one)
                      .filter((one) => (one === kind ? event.currentTarget.checked : chosen.includes(one))),
                  )
                }
              />
              <span>
                <strong>{name}</strong> {means}
              </span>
            </label>
          ))}
        </fieldset>
        <p class="quiet">
          A new key goes to every terminal, and the one before counts until all have it: doors go on working. Back up
          the hub's data folder afterwards; the keys are in it.
        </p>
        <footer>
          <button type="button" class="secondary outline" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" disabled={chosen.length === 0} aria-busy={rotating.busy}>
            Change {chosen.length === 2 ? 'both' : 'it'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
