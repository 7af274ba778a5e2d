import type { Door } from './door/door.ts';
import type { CommandVerb, JsonValue } from './sync/command-judge.ts';

/** What a terminal's commands act on. */
export interface TerminalVerbsOptions {
  /** `null` at a time clock that opens nothing: it knows no verb about doors. */
  readonly door: Door | null;
  /** How the terminal is; JSON values only, and nothing about people. */
  readonly health: () => Promise<Readonly<Record<string, JsonValue>>>;
  /** Forget on which side of every anti-passback area everybody is. @throws when it cannot be written down. */
  readonly resetPassback: () => void;
}

/** What a hub can tell a terminal to do: one line per verb. Another room's verb is one more. */
export function terminalVerbs({ door, health, resetPassback }: TerminalVerbsOptions): Record<string, CommandVerb> {
  const verbs: Record<string, CommandVerb> = {
    diagnose: { opens: false, everywhere: false, voidedBy: [], run: health },
    'anti-passback-reset': {
      // Whoever was refused for being inside already may come in.
      ...{ opens: true, everywhere: true, voidedBy: [] },
      async run() {
        resetPassback();
        return null;
      },
    },
  };
  return door === null ? verbs : { ...verbs, ...doorVerbs(door) };
}

function doorVerbs(door: Door): Record<'unlock' | 'lock' | 'lockdown' | 'release', CommandVerb> {
  const then = (act: () => Promise<void>) => async () => {
    await act();
    return { door: door.state };
  };
  return {
    unlock: {
      opens: true,
      everywhere: false,
      voidedBy: ['lock', 'lockdown'],
      run: then(() => door.unlock({ cause: 'command', personId: null })),
    },
    lock: { opens: false, everywhere: false, voidedBy: ['unlock'], run: then(() => door.lock('command')) },
    lockdown: { opens: false, everywhere: true, voidedBy: ['release'], run: then(() => door.lockdown('command')) },
    release: { opens: true, everywhere: true, voidedBy: ['lockdown'], run: then(() => door.lift('command')) },
  };
}
