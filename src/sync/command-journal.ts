import type { Clock } from '../domain/clock.ts';
import type { LimenError } from '../domain/errors.ts';
import type { CommandSaid, Report } from '../domain/event.ts';
import type { Command } from './command-messages.ts';
import type { Delivery } from './link.ts';
import { safely, worthJournalling } from './refusals.ts';

/** What is written down about commands. */
export interface CommandJournal {
  /** Before it is carried out. @throws what the journal throws. */
  accepted(command: Command): void;
  /** `command` is `null` for what could not be read or is not the hub's. Within bounds, and never throws, as the rest. */
  refused(delivery: Delivery, why: LimenError, command: Command | null): void;
  /** It waits for a proof that it is new. */
  challenged(delivery: Delivery, why: LimenError, command: Command): void;
  /** It was carried out, or `failure` says why not. */
  ended(command: Command, failure: LimenError | null): void;
  memoryLost(why: LimenError): void;
}

/** Commands as events; see {@link worthJournalling} for the bounds. */
export function commandJournal({ report, clock }: { report: Report; clock: Clock }): CommandJournal {
  const note = safely(report, () => {});
  // Apart, so that rubbish cannot keep what the hub really said out of the journal.
  const isWorth = { foreign: worthJournalling(clock), genuine: worthJournalling(clock) };
  return {
    accepted: (command) =>
      report({
        kind: 'command.accepted',
        body: { ...saidOf(command), issuedAt: command.issuedAt, ...(command.args && { args: command.args }) },
      }),
    refused: (delivery, { code, message }, command) => {
      if (!isWorth[command === null ? 'foreign' : 'genuine'](delivery, code)) return;
      const said = command === null ? nothing : saidOf(command);
      note({ kind: 'command.refused', body: { ...said, code, why: message } });
    },
    challenged: (delivery, { code, message }, command) => {
      if (!isWorth.genuine(delivery, code)) return;
      note({ kind: 'command.challenged', body: { ...saidOf(command), why: message } });
    },
    ended: (command, failure) => {
      const said = saidOf(command);
      if (failure === null) note({ kind: 'command.done', body: said });
      else note({ kind: 'command.failed', body: { ...said, code: failure.code, why: failure.message } });
    },
    memoryLost: ({ code, message }) => note({ kind: 'command.memory-lost', body: { code, why: message } }),
  };
}

const nothing = { id: null, verb: null, reason: null, issuer: null };

function saidOf({ id, verb, reason, issuer }: Command): CommandSaid {
  return { id, verb, reason, issuer };
}
