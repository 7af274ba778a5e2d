import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { ask } from '../kit/api.ts';
import { Icon } from './icons.tsx';
import { click } from './sounds.ts';
import { leftMs, padIsOpen, say, told, view } from './store.ts';

const fewestDigits = 4;
const mostDigits = 12;
/** Opened by hand and left alone, it shuts: the next person is not to find half a number. */
const patienceMs = 20_000;

/** Whether there is a pad on the screen: one is asked for, or somebody opened it. */
export function padIsShown(pinPad: 'off' | 'asked' | 'always'): boolean {
  const now = view.value;
  if (now?.kind === 'asked') return pinPad !== 'off' && now.accept.includes('pin');
  return padIsOpen.value && now?.kind !== 'claimed';
}

/** Digits by finger or keyboard. Asked for a PIN it takes the PIN; opened by hand, first a number and then its PIN. */
export function Pad() {
  const now = view.value;
  const isAsked = now?.kind === 'asked';
  const digits = useSignal('');
  const personId = useSignal<string | null>(null);
  const wantsNumber = !isAsked && personId.value === null;

  const clear = () => {
    digits.value = '';
    personId.value = null;
  };
  const type = (digit: string) => {
    click();
    if (digits.value.length < mostDigits) digits.value += digit;
  };
  const erase = () => {
    digits.value = digits.value.slice(0, -1);
  };
  const shut = () => {
    clear();
    padIsOpen.value = false;
  };
  const enter = () => {
    if (wantsNumber) {
      if (digits.value === '') return;
      personId.value = digits.value;
      digits.value = '';
      return;
    }
    if (digits.value.length < fewestDigits) return;
    const body = { digits: digits.value, ...(!isAsked && { personId: personId.value }) };
    void ask('/api/pin', { method: 'POST', body }).catch(() => {});
    // Somebody who was asked may try again; a number is asked for anew.
    if (isAsked) clear();
    else shut();
  };

  // Before the pad is painted: keys that are pressed as it comes up are heard.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key } = event;
      if (/^\d$/.test(key)) type(key);
      else if (key === 'Enter') {
        // It would also press the key that a finger touched last. Space presses keys.
        event.preventDefault();
        enter();
      } else if (key === 'Backspace') erase();
      else if (key === 'Escape') shut();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  useEffect(() => {
    if (isAsked) return;
    const shutting = setTimeout(shut, patienceMs);
    return () => clearTimeout(shutting);
  }, [isAsked, digits.value]);

  const canEnter = wantsNumber ? digits.value !== '' : digits.value.length >= fewestDigits;
  return (
    <section class="pad" aria-label={say('pad')}>
      {isAsked && <Countdown untilMs={now.untilMs} />}
      {!isAsked && <p class="pad-label">{say(wantsNumber ? 'pad.number' : 'pad.pin')}</p>}
      <output key={told.value?.refusals} class={`typed ${told.value?.refusals ? 'typed-after' : ''}`}>
        <span aria-hidden="true">{wantsNumber ? digits.value : '●'.repeat(digits.value.length)}</span>
        <span class="unseen">{say('pad.digits', { count: digits.value.length })}</span>
      </output>
      <div class="digits">
        {[...'123456789'].map((digit) => (
          <Digit key={digit} digit={digit} onPress={type} />
        ))}
        <button type="button" class="digit digit-minor" aria-label={say('pad.delete')} onClick={erase}>
          <Icon name="delete" />
        </button>
        <Digit digit="0" onPress={type} />
        <button type="button" class="digit digit-ok" disabled={!canEnter} onClick={enter}>
          {say(wantsNumber ? 'pad.next' : 'pad.ok')}
        </button>
      </div>
      {!isAsked && (
        <button type="button" class="cancel" onClick={shut}>
          {say('pad.cancel')}
        </button>
      )}
    </section>
  );
}

function Digit({ digit, onPress }: { readonly digit: string; readonly onPress: (digit: string) => void }) {
  return (
    <button type="button" class="digit" onClick={() => onPress(digit)}>
      {digit}
    </button>
  );
}

function Countdown({ untilMs }: { readonly untilMs: number }) {
  return <div class="countdown" key={untilMs} style={{ animationDuration: `${leftMs(untilMs)}ms` }} />;
}
