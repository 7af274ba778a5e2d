import { Icon } from './icons.tsx';
import { padIsOpen, say, setup, view } from './store.ts';

/** One sentence, large, for somebody who stands at the door: what to do now. */
export function Banner() {
  const now = view.value;
  const isIdle = now?.kind === 'idle';
  const offersPad = isIdle && setup.value?.pinPad === 'always' && !padIsOpen.value;
  return (
    <div class={`banner ${isIdle ? 'banner-idle' : ''}`}>
      <p role="status" data-view={now?.kind}>
        {sentence()}
      </p>
      {offersPad && (
        <button
          type="button"
          class="open-pad"
          onClick={() => {
            padIsOpen.value = true;
          }}
        >
          <Icon name="pad" /> {say('pad.open')}
        </button>
      )}
    </div>
  );
}

function sentence(): string {
  const now = view.value;
  switch (now?.kind) {
    case 'looking':
      return say(now.guidance === null ? 'looking' : `guidance.${now.guidance}`);
    case 'claimed':
      return say(now.guidance === null ? 'claimed' : `guidance.${now.guidance}`);
    case 'choose':
      return now.who === null ? say('choose') : say('choose.who', { who: now.who });
    case 'asked':
      return say(now.accept.length > 1 ? 'asked.both' : `asked.${now.accept[0] ?? 'card'}`);
    default: {
      const { mode, keys = [] } = setup.value ?? {};
      return say(mode === 'punch' ? (keys.length > 0 ? 'idle.choose' : 'idle.punch') : 'idle.door');
    }
  }
}
