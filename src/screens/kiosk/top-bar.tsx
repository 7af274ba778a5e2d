import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { dayOf, say, setup, timeOf, told } from './store.ts';

const now = signal(new Date());

/** Time and day, the terminal's name, and what everybody at the door should know. */
export function TopBar() {
  useEffect(() => {
    const ticking = setInterval(() => {
      now.value = new Date();
    }, 1000);
    return () => clearInterval(ticking);
  }, []);
  const notice = told.value?.notice ?? null;
  return (
    <header class="top">
      <time class="clock" dateTime={timeOf(now.value)}>
        {timeOf(now.value)}
      </time>
      <span class="day">{dayOf(now.value)}</span>
      <span class="spread" />
      {notice !== null && <strong class={`chip chip-${notice}`}>{say(`notice.${notice}`)}</strong>}
      {told.value?.online === false && (
        <span class="chip chip-offline">
          <Icon name="offline" /> {say('offline')}
        </span>
      )}
      <span class="name">{setup.value?.terminal}</span>
    </header>
  );
}
