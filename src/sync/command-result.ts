import type { Clock } from '../domain/clock.ts';
import type { LimenError } from '../domain/errors.ts';
import type { JsonValue } from './command-judge.ts';
import type { Command, CommandResult } from './command-messages.ts';
import { wireFormat } from './messages.ts';

/** What a verb found out, for whoever asked. */
export type Answer = Readonly<Record<string, JsonValue>> | null;

/** The results of one terminal's commands. */
export interface ResultForms {
  done(command: Command, data: Answer): CommandResult;
  /** With a challenge, the hub may ask once more and bring it back. */
  refused(command: Command, why: Sentence, challenge?: string | null): CommandResult;
  failed(command: Command, why: Sentence): CommandResult;
}

type Sentence = Pick<LimenError, 'code' | 'message'>;

/** Longer sentences (a foreign library's) are cut, so that a result is never refused for its shape. */
const longestMessage = 1000;

/** Results of `terminal`, with the time at which they are made. */
export function resultForms({ site, terminal, clock }: { site: string; terminal: string; clock: Clock }): ResultForms {
  const form = (command: Command, outcome: CommandResult['outcome']): CommandResult => ({
    ...{ format: wireFormat, site, terminal, command: command.id, verb: command.verb, outcome },
    ...{ code: null, message: null, data: null, challenge: null },
    ...{ at: clock.now().toISOString(), clock: clock.quality() },
  });
  const said = ({ code, message }: Sentence) => ({ code, message: message.slice(0, longestMessage) });
  return {
    done: (command, data) => ({ ...form(command, 'done'), data: data as CommandResult['data'] }),
    refused: (command, why, challenge = null) => ({ ...form(command, 'refused'), ...said(why), challenge }),
    failed: (command, why) => ({ ...form(command, 'failed'), ...said(why) }),
  };
}
