import type { CommandOutcome } from '../../../console/answers/terminals.ts';
import { ask } from '../server.ts';
import { Icon } from './icon.tsx';

/** Tell every terminal; what became of it at each. @throws RefusedError */
export async function commandSite(verb: 'lockdown' | 'release' | 'anti-passback-reset', reason: string | undefined) {
  const body = { verb, ...(reason && { reason }) };
  return (await ask<{ answers: CommandOutcome[] }>('/api/site/commands', { method: 'POST', body })).answers;
}

/** What became of a command, terminal by terminal. */
export function Outcomes({ of, onClose }: { readonly of: readonly CommandOutcome[]; readonly onClose: () => void }) {
  const missed = of.filter(({ outcome }) => outcome !== 'done');
  return (
    <output class={`notice ${missed.length > 0 ? 'bad' : 'good'}`}>
      <Icon name={missed.length > 0 ? 'warn' : 'check'} />
      <div>
        <strong>
          {of.length === 0
            ? 'There is no terminal to tell.'
            : missed.length === 0
              ? `Done at ${of.map(({ terminal }) => terminal).join(', ')}.`
              : `Not done at ${missed.length} of ${of.length}:`}
        </strong>
        {missed.map(({ terminal, message }) => (
          <p key={terminal}>
            <strong>{terminal}</strong>: {message}
          </p>
        ))}
      </div>
      <button type="button" class="bare" aria-label="Close" onClick={onClose}>
        <Icon name="cross" />
      </button>
    </output>
  );
}
