import { useState } from 'preact/hooks';
import type { CommandOutcome, TerminalView } from '../../../console/answers/terminals.ts';
import type { Role } from '../../../console/roles.ts';
import { ask } from '../server.ts';
import { mayAs, type Place, place } from '../state.ts';
import { Confirm } from './confirm.tsx';
import { Icon, type IconName } from './icon.tsx';

/** What a door can be told, and how it is asked before. */
interface VerbOf {
  readonly name: string;
  readonly icon: IconName;
  readonly title: string;
  readonly says: string;
  readonly class: string;
  /** Who may say it, at the hub and at the terminal itself. */
  readonly may: Readonly<Record<Place, Role>>;
}

const operators = { hub: 'operator', terminal: 'operator' } as const;

const verbs = {
  unlock: {
    name: 'Unlock',
    icon: 'unlock',
    title: 'Unlock the door?',
    says: 'It opens once, for as long as it is set to.',
    class: '',
    may: operators,
  },
  lock: {
    name: 'Lock',
    icon: 'lock',
    title: 'Lock the door now?',
    says: 'What is granted ends at once, and free access until its hours begin again. Whoever is recognised next is let in as before.',
    class: 'secondary outline',
    may: operators,
  },
  lockdown: {
    name: 'Lock down',
    icon: 'lock',
    title: 'Lock down this door?',
    says: 'It locks and lets nobody in until the lockdown is ended. The way out stays open.',
    class: 'danger outline',
    may: operators,
  },
  release: {
    name: 'End lockdown',
    icon: 'unlock',
    title: 'End the lockdown?',
    says: 'The door works as its rules say again.',
    class: '',
    // Whoever ordered it may be at the hub: from the door it takes more to undo it.
    may: { hub: 'operator', terminal: 'administrator' },
  },
} as const satisfies Readonly<Record<string, VerbOf>>;

type Verb = keyof typeof verbs;

/** What this door can be told now, whoever asks; nothing, where there is none. */
function verbsFor({ status, revokedAt }: TerminalView): readonly Verb[] {
  if (revokedAt !== null || status === null || status.door === null) return [];
  return status.lockdown ? ['release'] : ['unlock', 'lock', 'lockdown'];
}

/** Whether the door is locked down, and whoever is signed in may not end it. */
export function needsAdministrator(of: TerminalView): boolean {
  return verbsFor(of).includes('release') && !mayTell('release');
}

function mayTell(verb: Verb): boolean {
  return mayAs(verbs[verb].may[place.value]);
}

/** A button for each thing that whoever is signed in may tell this terminal, and the question before it is told. */
export function TerminalVerbs(props: {
  readonly of: TerminalView;
  /** What became of it. */
  readonly onTold: (outcome: CommandOutcome) => void;
}) {
  const { of, onTold } = props;
  const [asked, setAsked] = useState<Verb | null>(null);
  const tell = async (verb: Verb, reason: string | undefined) => {
    const path = `/api/terminals/${encodeURIComponent(of.id)}/commands`;
    onTold(await ask<CommandOutcome>(path, { method: 'POST', body: { verb, ...(reason && { reason }) } }));
  };
  return (
    <>
      {verbsFor(of)
        .filter(mayTell)
        .map((verb) => (
          <button
            key={verb}
            type="button"
            class={verbs[verb].class}
            disabled={of.presence !== 'online'}
            onClick={() => setAsked(verb)}
          >
            <Icon name={verbs[verb].icon} /> {verbs[verb].name}
          </button>
        ))}
      {asked !== null && (
        <Confirm
          {...{ title: verbs[asked].title, says: verbs[asked].says, danger: asked === 'lockdown' }}
          {...{ verb: verbs[asked].name, why: true, onClose: () => setAsked(null) }}
          act={(reason) => tell(asked, reason)}
        />
      )}
    </>
  );
}
