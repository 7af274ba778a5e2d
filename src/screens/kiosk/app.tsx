import { computed, effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { FaceMessage, ScreenState, View } from '../../kiosk/message.ts';
import { useLive } from '../kit/live.ts';
import { Banner } from './banner.tsx';
import { Icon } from './icons.tsx';
import { Keys } from './keys.tsx';
import { Mirror } from './mirror.tsx';
import { Pad, padIsShown } from './pad.tsx';
import { denied, granted, wanted } from './sounds.ts';
import { face, padIsOpen, say, setup, told, view } from './store.ts';
import { TopBar } from './top-bar.tsx';
import { isPosted, Verdict } from './verdict.tsx';

/** The screen: a mirror, a sentence, and what is wanted of somebody. */
export function App() {
  const { isConnected } = useLive('/api/live', {
    state: (state: ScreenState) => {
      told.value = { ...state, toldMs: performance.now() };
    },
    face: (message: FaceMessage) => {
      face.value = message;
    },
  });
  useEffect(() => effect(() => soundOf(occasion.value)), []);
  useReload(isConnected);
  const now = view.value;
  const { pinPad = 'off' } = setup.value ?? {};
  if (!isConnected || now === null) return <Disconnected />;
  if (isPosted(now)) padIsOpen.value = false;
  const showsPad = !isPosted(now) && padIsShown(pinPad);
  return (
    <main class={`screen ${showsPad ? 'screen-pad' : ''} ${setup.value?.keys.length ? 'screen-keys' : ''}`}>
      <Mirror />
      <TopBar />
      {isPosted(now) ? <Verdict view={now} /> : <Banner />}
      {showsPad && <Pad />}
      {now.kind === 'asked' && !showsPad && <CardWanted />}
      <Refused />
      <Keys />
    </main>
  );
}

/** The same for whatever was typed or held up and proved nothing. */
function Refused() {
  const refusals = told.value?.refusals ?? 0;
  const before = useRef(refusals);
  return refusals === before.current ? null : (
    <p class="refused" key={refusals} role="alert">
      {say('refused')}
    </p>
  );
}

function CardWanted() {
  return (
    <div class="card-wanted">
      <Icon name="card" />
    </div>
  );
}

function Disconnected() {
  return (
    <main class="screen">
      <section class="poster poster-stop" data-view="disconnected">
        <div class="said">
          <div class="badge">
            <Icon name="wait" />
          </div>
          <h1>{say('disconnected.title')}</h1>
          <p>{say('disconnected.text')}</p>
        </div>
      </section>
    </main>
  );
}

/** A terminal that was away may be a newer one, with another screen. */
function useReload(isConnected: boolean): void {
  const wasLost = useRef(false);
  if (isConnected && wasLost.current) location.reload();
  wasLost.current = !isConnected;
}

/** What a sound is made for, once: a view that is told again, or counts down, is none. */
const occasion = computed(() => {
  const now = view.value;
  return now === null ? '' : `${now.kind} ${'untilMs' in now ? now.untilMs : ''}`;
});

function soundOf(now: string): void {
  const kind = now.split(' ')[0] as View['kind'] | '';
  if (kind === 'granted' || kind === 'punched') granted();
  else if (kind === 'denied' || kind === 'not-chosen') denied();
  else if (kind === 'asked' || kind === 'choose' || kind === 'claimed') wanted();
}
