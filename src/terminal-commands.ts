import type { Template } from './domain/template.ts';
import type { Door } from './door/door.ts';
import type { CommandVerb, JsonValue } from './sync/command-judge.ts';
import type { Command } from './sync/command-messages.ts';
import { enrolArgsOf, enrolData } from './sync/enrolment.ts';
import { keyId } from './sync/keys.ts';
import type { KeyOffer } from './sync/messages.ts';
import { whoseOf } from './sync/passback-reset.ts';

/** What a terminal's commands act on. */
export interface TerminalVerbsOptions {
  /** `null` at a time clock that opens nothing: it knows no verb about doors. */
  readonly door: Door | null;
  /** How the terminal is; JSON values only, and nothing about people. */
  readonly health: () => Promise<Readonly<Record<string, JsonValue>>>;
  /** Forget on which side of every anti-passback area somebody is; `null` is everybody. @throws when it cannot be written down. */
  readonly resetPassback: (personId: string | null) => void;
  /** Good sightings of whoever stands before the camera. @throws when there are none after `withinMs`. */
  readonly capture: (withinMs: number) => Promise<readonly Template[]>;
  /** Read the configuration again. @throws when it cannot be used; the one before stays in force. */
  readonly reload: () => Promise<Readonly<Record<string, JsonValue>>>;
  /** Make new keys of its own, or offer those under way once more. @throws when they cannot be written down. */
  readonly renewKeys: (command: string) => Promise<KeyOffer>;
}

/** The answer has to be with the hub while it still waits. */
const answerWithinMs = 2000;

/** What a hub can tell a terminal to do: one line per verb. Another room's verb is one more. */
export function terminalVerbs(options: TerminalVerbsOptions): Record<string, CommandVerb> {
  const { door, health, resetPassback, capture, reload, renewKeys } = options;
  const verbs: Record<string, CommandVerb> = {
    diagnose: { opens: false, everywhere: false, voidedBy: [], run: health },
    reload: { opens: false, everywhere: true, voidedBy: [], run: reload },
    enrol: {
      // Whoever is enrolled will be let in; and templates must not lie on this disk outside the gallery.
      ...{ opens: true, everywhere: false, voidedBy: [], secret: true },
      async run(command) {
        const { personId } = enrolArgsOf(command);
        return enrolData(personId, await capture(Math.max(0, lifetimeMsOf(command) - answerWithinMs)));
      },
    },
    rotate: {
      // Lets nobody in; but nobody who kept an old one is to say when keys change.
      ...{ opens: true, everywhere: false, voidedBy: [] },
      async run({ id }) {
        const offer = await renewKeys(id);
        return { key: await keyId(offer.signing), offer };
      },
    },
    'anti-passback-reset': {
      // Whoever was refused for being inside already may come in.
      ...{ opens: true, everywhere: true, voidedBy: [] },
      async run(command) {
        resetPassback(whoseOf(command));
        return null;
      },
    },
  };
  return door === null ? verbs : { ...verbs, ...doorVerbs(door) };
}

function lifetimeMsOf({ issuedAt, expiresAt }: Command): number {
  return Date.parse(expiresAt) - Date.parse(issuedAt);
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
