import { useLayoutEffect } from 'preact/hooks';
import { ask } from '../kit/api.ts';
import { Icon } from './icons.tsx';
import { click } from './sounds.ts';
import { say, setup, told } from './store.ts';

/** The keys of the time clock: by finger, or by the digits 1 to 9. */
export function Keys() {
  const keys = setup.value?.keys ?? [];
  useLayoutEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      const chosen = keys[Number(key) - 1];
      if (chosen !== undefined) press(chosen.name);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [keys]);
  if (keys.length === 0) return null;
  const isWaiting = told.value?.view.kind === 'choose';
  return (
    <nav
      class={`keys ${isWaiting ? 'keys-wanted' : ''}`}
      aria-label={say('keys')}
      style={{ '--count': keys.length, '--columns': columnsFor(keys.length) }}
    >
      {keys.map(({ name, label, direction }) => (
        <button
          type="button"
          key={name}
          class="key"
          aria-pressed={told.value?.chosen === name}
          onClick={() => press(name)}
        >
          <Icon name={direction} />
          <span>{label}</span>
        </button>
      ))}
    </nav>
  );
}

/** Of an upright screen: no key alone in its row, where that can be. */
function columnsFor(count: number): number {
  return count === 4 ? 2 : Math.min(3, count);
}

function press(name: string): void {
  click();
  void ask('/api/key', { method: 'POST', body: { name } }).catch(() => {});
}
