import type { Erasure } from '../../../console/answers/people.ts';
import { ask } from '../server.ts';
import { erasures } from '../state.ts';
import { Icon } from './icon.tsx';
import { Card } from './page.tsx';
import { useReopened } from './reopened.ts';

/** Which terminals have confirmed an erasure, of somebody or of their `face` alone, as their receipts arrive. */
export function Receipts({ of, face }: { readonly of: Erasure; readonly face: boolean }) {
  useReopened((signal) => {
    const at = `/api/people/${encodeURIComponent(of.id)}/${face ? 'face-erasure' : 'erasure'}`;
    const take = (now: Erasure) => {
      erasures.value = new Map(erasures.value).set(now.id, now);
    };
    // Where it is not answered, the stream ends as well, and all is asked again.
    ask<Erasure>(at, { signal }).then(take, () => {});
  });
  const heard = erasures.value.get(of.id);
  // First the face, then the person: two erasures of one id.
  const { terminals } = heard?.version === of.version ? heard : of;
  const missing = terminals.filter(({ confirmed }) => !confirmed);
  return (
    <Card title="Receipts">
      <output class={`notice ${missing.length === 0 ? 'good' : 'warn'}`}>
        <Icon name={missing.length === 0 ? 'check' : 'pulse'} />
        <div>
          <strong>
            {missing.length === 0
              ? `Nothing of ${face ? 'the face' : 'them'} is left: here, and at every terminal.`
              : `Forgotten here. ${missing.length} of ${terminals.length} ${terminals.length === 1 ? 'terminal' : 'terminals'} yet to confirm.`}
          </strong>
          {!face && <p>What they worked stays under the id.</p>}
          {missing.length > 0 && <p>One that is switched off confirms when it comes back.</p>}
        </div>
      </output>
      <ul class="receipts">
        {terminals.map(({ terminal, confirmed }) => (
          <li key={terminal}>
            <span class={`dot ${confirmed ? 'good' : 'plain'}`}>{terminal}</span>
            <span class="quiet">{confirmed ? 'confirmed' : 'waiting'}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
