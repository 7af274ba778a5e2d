import { LimenError } from '../domain/errors.ts';
import { type CommandRequest, type CommandSent, sendCommand } from '../hub/command.ts';
import { terminalsInBooks } from '../hub/command-book.ts';
import { everyTerminal } from '../sync/command-limits.ts';
import { sealer } from '../sync/envelope.ts';
import { terminalOpener } from '../sync/terminal-envelope.ts';
import type { CommandOutcome } from './answers/terminals.ts';
import type { Desk } from './desk.ts';
import type { Who } from './sessions.ts';

/** What a terminal, or every one, is to do. */
export interface Order {
  /** A terminal, or `*`. */
  readonly audience: string;
  readonly verb: string;
  readonly reason?: string | null | undefined;
  readonly args?: NonNullable<CommandRequest['args']>;
  readonly timeoutMs?: number;
}

/** What became of an order at each terminal, for the book of changes. */
export function outcomes({ answers }: { readonly answers: readonly CommandOutcome[] }): { answers: string[] } {
  return { answers: answers.map(({ terminal, outcome }) => `${terminal}: ${outcome}`) };
}

/** Long enough for a terminal behind a slow line, and for somebody who waits before a screen. */
const patienceMs = 8000;

/** Send a command in somebody's name, and wait for the answers. @throws LimenError as {@link sendCommand}, `terminal.unknown`. */
export async function command(
  { site, link, store, clock, keyring, hub }: Desk,
  who: Who,
  { audience, verb, reason = null, args, timeoutMs = patienceMs }: Order,
): Promise<CommandSent> {
  if (audience !== everyTerminal && !(await terminalsInBooks(store.db)).includes(audience)) {
    throw new LimenError('terminal.unknown', `There is no terminal ${audience} in service.`, {
      hint: 'It was never provisioned, or was revoked.',
    });
  }
  return sendCommand(
    {
      ...{ site, link, db: store.db, clock, sealer: sealer(keyring) },
      terminals: terminalOpener(keyring, hub.terminals),
    },
    { audience, verb, reason, timeoutMs, issuer: who.name, ...(args && { args }) },
  );
}
