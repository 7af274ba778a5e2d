import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { DurableFiles } from '../runtime/durable-file.ts';
import { inOrder } from '../runtime/in-order.ts';
import { type Challenges, challenges } from './challenges.ts';
import { type CommandJournal, commandJournal } from './command-journal.ts';
import { type CommandVerb, expired, goodForMs, objectionTo } from './command-judge.ts';
import { everyTerminal } from './command-limits.ts';
import { type CommandMemory, openCommandMemory } from './command-memory.ts';
import type { Command, CommandResult } from './command-messages.ts';
import { type Answer, type ResultForms, resultForms } from './command-result.ts';
import type { Opener } from './envelope.ts';
import { maxCommandBytes } from './jose-text.ts';
import type { Delivery, Link } from './link.ts';
import type { TerminalSealer } from './terminal-envelope.ts';
import { topicsOf } from './topics.ts';

/** What a {@link CommandDesk} works with. */
export interface CommandDeskOptions {
  readonly site: string;
  readonly terminal: string;
  readonly link: Link;
  readonly opener: Opener;
  /** Results are signed, and encrypted to the site. */
  readonly sealer: TerminalSealer;
  readonly clock: Clock;
  /** Durable when it returns. */
  readonly report: Report;
  /** Where the commands that were had are remembered. */
  readonly memoryFile: string;
  readonly files?: DurableFiles;
  /** What this terminal can be told to do, by verb. */
  readonly verbs: Readonly<Record<string, CommandVerb>>;
  /** How long a challenge may be on its way to the hub and back; ten seconds unless said otherwise. */
  readonly challengeLifetimeMs?: number;
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
  const journal = commandJournal(options);
  const memory = await openCommandMemory({
    file: options.memoryFile,
    clock: options.clock,
    onLost: journal.memoryLost,
    files: options.files,
  });
  const desk = new Desk(options, journal, memory);
  await options.link.subscribe(topicsOf(options.site).command(options.terminal), desk.receive);
  return desk;
}

class Desk implements CommandDesk {
  readonly #options: CommandDeskOptions;
  readonly #journal: CommandJournal;
  readonly #memory: CommandMemory;
  readonly #results: ResultForms;
  readonly #challenges: Challenges;
  readonly #serially = inOrder();
  readonly #running = new Map<string, Promise<void>>();
  readonly #answers = new Set<Promise<void>>();
  /** The last answer that is not for the disk. */
  #secret: CommandResult | null = null;
  #waiting = 0;
  #closed = false;

  constructor(options: CommandDeskOptions, journal: CommandJournal, memory: CommandMemory) {
    this.#options = options;
    this.#journal = journal;
    this.#memory = memory;
    this.#results = resultForms(options);
    this.#challenges = challenges(options.clock, options.challengeLifetimeMs);
  }

  readonly receive = (delivery: Delivery): void => {
    // An empty payload is how MQTT clears a retained message.
    if (delivery.payload.byteLength === 0 || this.#closed) return;
    if (delivery.payload.byteLength > maxCommandBytes) this.#journal.refused(delivery, tooLarge(), null);
    if (delivery.payload.byteLength > maxCommandBytes || this.#waiting >= mostWaiting) return;
    this.#waiting++;
    void this.#serially(() => this.#take(delivery)).finally(() => {
      this.#waiting--;
    });
  };

  async settled(): Promise<void> {
    await this.#judged();
    await Promise.all(this.#answers);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#judged();
  }

  async #judged(): Promise<void> {
    await this.#serially(async () => {});
    await Promise.all(this.#running.values());
  }

  async #take(delivery: Delivery): Promise<void> {
    if (this.#closed) return;
    const command = await this.#open(delivery);
    if (command === null) return;
    const known = this.#memory.answerTo(command.id);
    if (known !== undefined) return this.#again(delivery, command, known);
    const { terminal, verbs, clock } = this.#options;
    const verb = Object.hasOwn(verbs, command.verb) ? verbs[command.verb] : undefined;
    const challengeAgeMs = this.#challenges.redeem(command.challenge);
    const circumstances = { terminal, verb, memory: this.#memory, clock, challengeAgeMs };
    const objection = objectionTo(command, circumstances);
    if (objection !== null) return this.#decline(delivery, command, objection);
    if (verb !== undefined) await this.#obey(command, verb, goodForMs(command, circumstances));
  }

  async #open(delivery: Delivery): Promise<Command | null> {
    try {
      // A retained message is one that the broker keeps and gives again: no command may be that.
      if (delivery.retained) throw new LimenError('command.retained', 'The broker gave a command that it had kept.');
      return await this.#options.opener.command(delivery.payload);
    } catch (error) {
      this.#journal.refused(delivery, asLimenError(error), null);
      return null;
    }
  }

  #again(delivery: Delivery, command: Command, known: CommandResult | null): void {
    // The hub asks again while it waits: until there is an answer that is nothing to write down.
    if (this.#running.has(command.id)) return;
    this.#journal.refused(delivery, repeated(), command);
    if (this.#secret?.command === command.id) this.#answer(this.#secret);
    else if (known !== null) this.#answer(known);
    else this.#answer(this.#results.failed(command, interrupted()));
  }

  async #decline(delivery: Delivery, command: Command, objection: LimenError): Promise<void> {
    const unproven = objection.code === 'command.clock-unsynced';
    // No refusal yet: the hub brings the proof a moment later.
    if (unproven) this.#journal.challenged(delivery, objection, command);
    else this.#journal.refused(delivery, objection, command);
    // Not ours to answer: it strayed here, and the terminal that it is for will answer.
    if (command.audience !== this.#options.terminal && command.audience !== everyTerminal) return;
    const challenge = unproven ? this.#challenges.handOut() : null;
    const result = this.#results.refused(command, objection, challenge);
    // What was refused stays refused, also when a clock is set or a new version knows the verb.
    if (!refusedForGood.has(objection.code)) {
      await this.#memory.take(command, 'refused').catch(() => {});
      await this.#memory.answered(result).catch(() => {});
    }
    this.#answer(result);
  }

  async #obey(command: Command, verb: CommandVerb, goodMs: number | null): Promise<void> {
    const { clock } = this.#options;
    const judgedMs = clock.monotonicMs();
    const unwritten = await this.#writeDown(command);
    if (verb.opens && unwritten !== null) return this.#finish(command, unwritten);
    // A worn SD card can take longer to write than the command is good for.
    const isLate = goodMs !== null && clock.monotonicMs() - judgedMs >= goodMs;
    if (verb.opens && isLate) return this.#finish(command, expired(command, clock));
    // Not awaited: a relay that hangs must not keep a lockdown waiting. The next command begins after this one began.
    const ended = begin(verb, command).then((outcome) => this.#finish(command, outcome));
    this.#running.set(command.id, ended);
    void ended.finally(() => this.#running.delete(command.id));
  }

  /** `null` once the journal and the memory have it, otherwise why they have not. */
  async #writeDown(command: Command): Promise<LimenError | null> {
    let failure: LimenError | null = null;
    try {
      this.#journal.accepted(command);
    } catch (error) {
      failure = asLimenError(error);
    }
    await this.#memory.take(command, 'obeyed').catch((error) => {
      failure ??= asLimenError(error);
    });
    return failure;
  }

  async #finish(command: Command, outcome: LimenError | Answer): Promise<void> {
    const failed = outcome instanceof LimenError;
    this.#journal.ended(command, failed ? outcome : null);
    const result = failed ? this.#results.failed(command, outcome) : this.#results.done(command, outcome);
    // Kept as one without an answer: after a restart it is told as interrupted, for what it found out is gone.
    if (this.#options.verbs[command.verb]?.secret === true && !failed) this.#secret = result;
    else await this.#memory.answered(result).catch(() => {});
    this.#answer(result);
  }

  /** Not waited for: a broker that never acknowledges must not keep the next command waiting. */
  #answer(result: CommandResult): void {
    const { site, terminal, link, sealer } = this.#options;
    const answering = sealer
      .result(result)
      .then((sealed) => link.publish(topicsOf(site).result(terminal), sealed))
      // What is lost is asked for again: the hub repeats its command.
      .catch(() => {})
      .finally(() => this.#answers.delete(answering));
    this.#answers.add(answering);
  }
}

/** The verb's own error becomes the answer. Begins at once: nothing is awaited before `run` is called. */
async function begin(verb: CommandVerb, command: Command): Promise<LimenError | Answer> {
  try {
    return await verb.run(command);
  } catch (error) {
    return asLimenError(error);
  }
}

function asLimenError(error: unknown): LimenError {
  return isLimenError(error) ? error : new LimenError('internal', messageOf(error), { cause: error });
}

function tooLarge(): LimenError {
  return new LimenError('message.too-large', `No command is larger than ${maxCommandBytes / 1024} KB.`);
}

function repeated(): LimenError {
  return new LimenError('command.repeated', 'The command came again; nothing was done again.');
}

function interrupted(): LimenError {
  return new LimenError(
    'command.interrupted',
    'The terminal was restarted while it obeyed: whether it was carried out is not known, and it is not repeated.',
  );
}
