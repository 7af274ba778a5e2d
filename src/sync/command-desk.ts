import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { CommandSaid, Report } from '../domain/event.ts';
import { inOrder } from '../runtime/in-order.ts';
import { challenges } from './challenges.ts';
import { type CommandVerb, type JsonValue, objectionTo } from './command-judge.ts';
import { everyTerminal } from './command-limits.ts';
import { openCommandMemory } from './command-memory.ts';
import type { Command, CommandResult } from './command-messages.ts';
import { type Opener, sealResult } from './envelope.ts';
import type { SiteKey } from './keys.ts';
import type { Delivery, Link } from './link.ts';
import { wireFormat } from './messages.ts';
import { safely, worthJournalling } from './refusals.ts';
import { topicsOf } from './topics.ts';

/** What a {@link CommandDesk} works with. */
export interface CommandDeskOptions {
  readonly site: string;
  readonly terminal: string;
  readonly link: Link;
  readonly opener: Opener;
  /** Results are encrypted with it. */
  readonly siteKey: SiteKey;
  readonly clock: Clock;
  /** Durable when it returns. */
  readonly report: Report;
  /** Where the commands that were had are remembered. */
  readonly memoryFile: string;
  /** What this terminal can be told to do, by verb. */
  readonly verbs: Readonly<Record<string, CommandVerb>>;
}

/** Takes the hub's commands. */
export interface CommandDesk {
  /** Everything that came until now was judged, what it began has ended, and the answers are with the broker or lost. */
  settled(): Promise<void>;
  /** Take no more; resolves when what had begun has ended. */
  close(): Promise<void>;
}

/** More than these at once is no hub; what is dropped comes again if a hub still waits for it. */
const mostWaiting = 64;
/** Refused for good by their times and ids alone: they need no place in the memory, which old ones could fill. */
const refusedForGood = new Set<string>(['command.expired', 'command.superseded', 'command.forgotten']);

/**
 * Obey the hub's commands: each at most once, none late, none that is for another terminal, whatever the broker does.
 * A command is journalled, then remembered, then carried out, then answered; asked again, it is only answered again.
 */
export async function openCommandDesk(options: CommandDeskOptions): Promise<CommandDesk> {
  const { site, terminal, link, clock, verbs } = options;
  const topics = topicsOf(site);
  const note = safely(options.report, () => {});
  const isWorth = worthJournalling(clock);
  const challenging = challenges(clock);
  const memory = await openCommandMemory({
    file: options.memoryFile,
    clock,
    onLost: ({ code, message }) => note({ kind: 'command.memory-lost', body: { code, why: message } }),
  });
  const serially = inOrder();
  const running = new Map<string, Promise<void>>();
  const answers = new Set<Promise<void>>();
  let waiting = 0;
  let closed = false;

  /** Not waited for: a broker that never acknowledges must not keep the next command waiting. */
  const answer = (result: CommandResult) => {
    const answering = sealResult(options.siteKey, result)
      .then((sealed) => link.publish(topics.result(terminal), sealed))
      // What is lost is asked for again: the hub repeats its command.
      .catch(() => {})
      .finally(() => answers.delete(answering));
    answers.add(answering);
  };
  const resultOf = (command: Command, outcome: CommandResult['outcome'], more: Partial<CommandResult> = {}) => ({
    ...{ format: wireFormat as 1, site, terminal, command: command.id, verb: command.verb, outcome },
    ...{ code: null, message: null, data: null, challenge: null, ...more },
    ...{ at: clock.now().toISOString(), clock: clock.quality() },
  });

  const refuse = (delivery: Delivery, error: LimenError, command: Command | null) => {
    if (!isWorth(delivery, error.code)) return;
    const said = command === null ? { id: null, verb: null, reason: null, issuer: null } : saidOf(command);
    note({ kind: 'command.refused', body: { ...said, code: error.code, why: error.message } });
  };

  const take = async (delivery: Delivery) => {
    if (closed) return;
    let command: Command;
    try {
      // A retained message is one that the broker keeps and gives again: no command may be that.
      if (delivery.retained) throw new LimenError('command.retained', 'The broker gave a command that it had kept.');
      command = await options.opener.command(delivery.payload);
    } catch (error) {
      return refuse(delivery, asLimenError(error), null);
    }
    const known = memory.answerTo(command.id);
    if (known !== undefined) return again(delivery, command, known);
    const verb = Object.hasOwn(verbs, command.verb) ? verbs[command.verb] : undefined;
    const challengeAgeMs = challenging.redeem(command.challenge);
    const objection = objectionTo(command, { terminal, verb, memory, clock, challengeAgeMs });
    if (objection === null && verb !== undefined) return obey(command, verb);
    if (objection !== null) await decline(delivery, command, objection);
  };

  const again = (delivery: Delivery, command: Command, known: CommandResult | null) => {
    refuse(delivery, new LimenError('command.repeated', 'The command came again; nothing was done again.'), command);
    if (known !== null) answer(known);
    else if (!running.has(command.id)) answer(resultOf(command, 'failed', interrupted));
  };

  const decline = async (delivery: Delivery, command: Command, objection: LimenError) => {
    refuse(delivery, objection, command);
    // Not ours to answer: it strayed here, and the terminal that it is for will answer.
    if (command.audience !== terminal && command.audience !== everyTerminal) return;
    const { code, message } = objection;
    const challenge = code === 'command.clock-unsynced' ? challenging.handOut() : null;
    const result = resultOf(command, 'refused', { code, message, challenge });
    // What was refused stays refused, also when a clock is set or a new version knows the verb.
    if (!refusedForGood.has(code)) {
      await memory.take(command, 'refused').catch(() => {});
      await memory.answered(result).catch(() => {});
    }
    answer(result);
  };

  const obey = async (command: Command, verb: CommandVerb) => {
    const written = await writeDown(command);
    if (written !== null && verb.opens) return finish(command, written);
    // Not awaited: a relay that hangs must not keep a lockdown waiting. The next command begins after this one began.
    const ended = begin(verb, command).then((outcome) => finish(command, outcome));
    running.set(command.id, ended);
    void ended.finally(() => running.delete(command.id));
  };

  /** `null` once the journal and the memory have it, otherwise why they have not. */
  const writeDown = async (command: Command): Promise<LimenError | null> => {
    let failure: LimenError | null = null;
    try {
      options.report({
        kind: 'command.accepted',
        body: { ...saidOf(command), issuedAt: command.issuedAt },
      });
    } catch (error) {
      failure = asLimenError(error);
    }
    await memory.take(command, 'obeyed').catch((error) => {
      failure ??= asLimenError(error);
    });
    return failure;
  };

  const finish = async (command: Command, outcome: LimenError | Answer) => {
    const said = saidOf(command);
    let result: CommandResult;
    if (outcome instanceof LimenError) {
      const { code, message } = outcome;
      note({ kind: 'command.failed', body: { ...said, code, why: message } });
      result = resultOf(command, 'failed', { code, message: message.slice(0, 1000) });
    } else {
      note({ kind: 'command.done', body: said });
      result = resultOf(command, 'done', { data: outcome as CommandResult['data'] });
    }
    await memory.answered(result).catch(() => {});
    answer(result);
  };

  await link.subscribe(topics.command(terminal), (delivery) => {
    // An empty payload is how MQTT clears a retained message.
    if (delivery.payload.byteLength === 0 || waiting >= mostWaiting) return;
    waiting++;
    void serially(() => take(delivery)).finally(() => {
      waiting--;
    });
  });
  const judged = async () => {
    await serially(async () => {});
    await Promise.all(running.values());
  };
  return {
    settled: async () => {
      await judged();
      await Promise.all(answers);
    },
    close: () => {
      closed = true;
      return judged();
    },
  };
}

type Answer = Readonly<Record<string, JsonValue>> | null;

const interrupted = {
  code: 'command.interrupted',
  message:
    'The terminal was restarted while it obeyed: whether it was carried out is not known, and it is not repeated.',
} as const;

/** The verb's own error becomes the answer. Begins at once: nothing is awaited before `run` is called. */
async function begin(verb: CommandVerb, command: Command): Promise<LimenError | Answer> {
  try {
    return await verb.run(command);
  } catch (error) {
    return asLimenError(error);
  }
}

function saidOf({ id, verb, reason, issuer }: Command): CommandSaid {
  return { id, verb, reason, issuer };
}

function asLimenError(error: unknown): LimenError {
  return isLimenError(error) ? error : new LimenError('internal', messageOf(error), { cause: error });
}
