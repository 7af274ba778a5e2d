import { signal } from '@preact/signals';

/** Ticks, so that what says "a minute ago" stays true. */
const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 5000);

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** An instant, as far away as it is; the instant itself on pointing at it. */
export function Ago({ at }: { readonly at: string }) {
  const seconds = Math.round((Date.parse(at) - now.value) / 1000);
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  const text = step === undefined ? 'just now' : relative.format(Math.trunc(seconds / step[1]), step[0]);
  return (
    <time dateTime={at} title={instant(at)}>
      {text}
    </time>
  );
}

/** Day and time where the browser is. */
export function instant(at: string): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}
