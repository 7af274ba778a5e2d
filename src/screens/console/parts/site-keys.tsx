import { useEffect, useRef, useState } from 'preact/hooks';
import type { KeyProgressTold } from '../../../console/answers/keys.ts';
import { ask } from '../server.ts';
import { inService, mayAs } from '../state.ts';
import { Confirm } from './confirm.tsx';
import { Icon } from './icon.tsx';
import { useLoaded } from './loaded.ts';
import { counted } from './numbers.ts';
import { Card, Waiting } from './page.tsx';
import { Problem } from './problem.tsx';
import { RotateKeys } from './rotate-keys.tsx';

/** The keys of the site: whether they are being changed, how far that is, and beginning it. */
export function SiteKeys() {
  const { value, error, again } = useLoaded<KeyProgressTold>('/api/keys');
  const [asked, setAsked] = useState<'rotate' | 'go-on' | null>(null);
  useAsTheyTakeThem(again);
  const close = () => setAsked(null);
  const isSpreading = value !== null && value.underWay.length > 0;
  return (
    <Card
      title="Keys of the site"
      actions={
        value !== null &&
        mayAs('administrator') &&
        !isSpreading && (
          <button type="button" class="secondary outline" onClick={() => setAsked('rotate')}>
            <Icon name="key" /> Change keys
          </button>
        )
      }
    >
      <Problem of={error} />
      {value === null ? (
        !error && <Waiting />
      ) : (
        <Progress of={value} onGoOn={mayAs('administrator') ? () => setAsked('go-on') : undefined} />
      )}
      {asked === 'rotate' && <RotateKeys onClose={close} onDone={again} />}
      {asked === 'go-on' && value !== null && (
        <Confirm
          {...{ title: 'Go on without them?', verb: 'Go on without them', danger: true, onClose: close }}
          says={`${value.waitingFor.join(', ')}: until they have fetched their new key they hear nothing new, neither people nor rules nor a lockdown. Revoke one that was stolen instead: it must not get the new key at all.`}
          act={async () => {
            await ask('/api/keys/rotation/end', { method: 'POST', body: { without: value.waitingFor } });
            again();
          }}
        />
      )}
    </Card>
  );
}

/** The steps of a change follow one another within seconds: the last is seen by looking once more. */
const settledMs = 5000;

/** Look again when a terminal has said that it holds other keys. No clock asks by itself: that would keep one signed in. */
function useAsTheyTakeThem(again: () => void): void {
  const held = inService.value.map(({ id, holdsKeys }) => `${id} ${holdsKeys}`).join();
  const before = useRef(held);
  useEffect(() => {
    if (before.current === held) return;
    before.current = held;
    again();
    const once = setTimeout(again, settledMs);
    return () => clearTimeout(once);
  }, [held]);
}

const names = { site: 'site key', hub: 'key of the hub' } as const;

function Progress({ of, onGoOn }: { readonly of: KeyProgressTold; readonly onGoOn: (() => void) | undefined }) {
  const { underWay, waitingFor, finished, terminals } = of;
  if (finished) {
    return (
      <p class="quiet">
        {terminals === 0 ? 'There is no terminal yet.' : `${counted(terminals, 'terminal')} in service.`} No change of
        keys is under way. Change them when somebody leaves who could have copied them, or as often as your rules say:
        nothing stops meanwhile.
      </p>
    );
  }
  if (underWay.length === 0)
    return <p role="status">The new key is in use; people and rules are being published again with it.</p>;
  const what = underWay.map((kind) => names[kind]).join(' and a new ');
  return (
    <>
      <p role="status">
        A new {what} is on its way.{' '}
        <strong>
          {waitingFor.length === 0
            ? 'Every terminal holds it.'
            : `${waitingFor.length} of ${counted(terminals, 'terminal')} ${waitingFor.length === 1 ? 'does' : 'do'} not hold it yet:`}
        </strong>{' '}
        {waitingFor.join(', ')}
      </p>
      <progress
        aria-label="Terminals that hold the new key"
        value={terminals - waitingFor.length}
        max={Math.max(1, terminals)}
      />
      <p class="quiet">
        The one before counts until all have it; the hub goes on by itself then. A terminal that is switched off fetches
        its new key when it comes back.
      </p>
      {onGoOn && waitingFor.length > 0 && (
        <footer class="actions below">
          <button type="button" class="danger outline" onClick={onGoOn}>
            Go on without {waitingFor.length === 1 ? 'it' : 'them'}
          </button>
        </footer>
      )}
    </>
  );
}
