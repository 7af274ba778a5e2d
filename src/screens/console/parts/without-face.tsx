import type { RulesTold } from '../../../console/answers/rules.ts';
import { Icon } from './icon.tsx';
import { useLoaded } from './loaded.ts';
import { Card } from './page.tsx';

/** In place of pictures, for somebody who declined them: what they will need at the door instead. */
export function WithoutFace({ onFace }: { readonly onFace: () => void }) {
  return (
    <Card title="Without a face">
      <div class="stack">
        <p>
          Nothing of their face is kept anywhere, and none is ever taken for theirs. They need a card, a PIN, or both:
          give them here.
        </p>
        <AtTheDoor />
        <button type="button" class="secondary outline" onClick={onFace}>
          <Icon name="camera" /> With pictures after all
        </button>
      </div>
    </Card>
  );
}

/** What the rules of the hub want of somebody without a face. */
export function AtTheDoor() {
  const { value } = useLoaded<RulesTold>('/api/rules');
  if (value === null) return null;
  const { withoutFace = 'never' } = value.rules;
  const { tone, says } = words[withoutFace];
  return (
    <div class={`notice ${tone}`}>
      <Icon name={tone === 'good' ? 'check' : 'warn'} />
      <div>
        <strong>{says}</strong>
        <p>
          {tone === 'good' ? (
            'A terminal needs a reader or a PIN pad for it.'
          ) : (
            <>
              Say <code>withoutFace: card-and-pin</code> in the <a href="/rules">rules</a>, or in the configuration of a
              terminal.
            </>
          )}
        </p>
      </div>
    </div>
  );
}

const words = {
  never: { tone: 'warn', says: 'The rules let nobody pass without a face.' },
  'card-and-pin': {
    tone: 'good',
    says: 'At the door and at the time clock: first the card, then the PIN. Both are needed.',
  },
  'id-and-pin': {
    tone: 'good',
    says: 'At the door and at the time clock: id and PIN, typed as 1001*2580, or card and PIN.',
  },
} as const;
