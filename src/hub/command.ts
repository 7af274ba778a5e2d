import type { Kysely } from 'kysely';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import { pause, systemTimers } from '../runtime/timers.ts';
import { everyTerminal } from '../sync/command-limits.ts';
import type { Command, CommandResult } from '../sync/command-messages.ts';
import type { Sealer } from '../sync/envelope.ts';
import type { Delivery, Link } from '../sync/link.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';
import { issueCommand, standingOf, terminalsInBooks } from './command-book.ts';
import type { HubTables } from './hub-schema.ts';
import { openRollCall, type RollCall } from './roll-call.ts';

/** What commands are sent with. */
export interface CommanderOptions {
  readonly site: string;
  readonly link: Link;
  readonly db: Kysely<HubTables>;
  readonly sealer: Sealer;
  /** Opens the answers: of terminals that were provisioned, and not revoked. */
  readonly terminals: TerminalOpener;
  readonly clock: Clock;
  /** How long the broker may take to hand out the statuses that it keeps. */
  readonly settleMs?: number;
  /** How soon a command is said again to whom has not answered. */
  readonly repeatMs?: number;
  readonly timers?: Timers;
}

/** What a terminal is to do. */
export interface CommandRequest {
  /** A terminal, or {@link everyTerminal}. */
  readonly audience: string;
  readonly verb: string;
  readonly reason: string | null;
  readonly issuer: string;
  /** What the verb needs to know besides. */
  readonly args?: NonNullable<Command['args']>;
  /** The command is good for so long, and so long an answer is waited for: afterwards it is certain that it never acts. */
  readonly timeoutMs: number;
}

/** What became of it at one terminal. */
export interface CommandAnswer
  extends Omit<CommandResult, 'format' | 'site' | 'verb' | 'command' | 'outcome' | 'challenge' | 'at' | 'clock'> {
  readonly outcome: CommandResult['outcome'] | 'unanswered';
  /** The terminal's own time; `null` when it did not answer. */
  readonly at: string | null;
}

/** A command that was sent, and every answer, ordered by terminal. */
export interface CommandSent {
  readonly id: string;
  readonly answers: readonly CommandAnswer[];
}

/**
 * Send a command and wait for the answers: until all are there, or the time is over.
 * To everybody means: to every terminal that was provisioned, and not revoked.
 *
 * @throws LimenError `broker.unreachable` when the broker could not be reached in that time: nothing was sent.
 */
export async function sendCommand(options: CommanderOptions, request: CommandRequest): Promise<CommandSent> {
  const deadlineMs = options.clock.monotonicMs() + request.timeoutMs;
  const rolls = await openRollCall(options);
  const asking = new Asking(options, request, deadlineMs);
  const ended = await options.link.subscribe(topicsOf(options.site).everyResult, asking.receive);
  try {
    return await answersTo(request, { options, rolls, asking, deadlineMs });
  } finally {
    ended();
    rolls.end();
  }
}

async function answersTo(
  request: CommandRequest,
  {
    options,
    rolls,
    asking,
    deadlineMs,
  }: { options: CommanderOptions; rolls: RollCall; asking: Asking; deadlineMs: number },
): Promise<CommandSent> {
  const { link, clock, settleMs = 300, repeatMs = 2000, timers = systemTimers } = options;
  const leftMs = () => Math.max(0, deadlineMs - clock.monotonicMs());
  while (!link.state.online) {
    if (leftMs() === 0) throw unreachable(link);
    await pause(timers, 20);
  }
  const toAll = request.audience === everyTerminal;
  if (toAll) await pause(timers, Math.min(leftMs(), settleMs));
  const terminals = toAll ? await terminalsInBooks(options.db) : [request.audience];
  const id = await asking.ask(terminals);
  while (!asking.answered.aborted && terminals.length > 0 && leftMs() > 0) {
    asking.repeat();
    await pause(timers, Math.min(leftMs(), repeatMs), asking.answered).catch(() => {});
  }
  const answers: CommandAnswer[] = [];
  for (const terminal of terminals) {
    const answer = asking.answerOf(terminal);
    answers.push(answer ?? unanswered(terminal, rolls.presence(terminal), await standingOf(options.db, terminal)));
  }
  return { id, answers };
}

/** What one terminal has to answer. */
interface Asked {
  readonly id: string;
  readonly sealed: string;
  /** It is the second one, with a challenge: there is no third. */
  readonly proven: boolean;
}

/** One request, to each of its terminals, and what they say. */
class Asking {
  readonly #options: CommanderOptions;
  readonly #request: CommandRequest;
  readonly #deadlineMs: number;
  readonly #asked = new Map<string, Asked>();
  readonly #answers = new Map<string, CommandAnswer>();
  readonly #done = new AbortController();
  #failure: unknown = null;

  constructor(options: CommanderOptions, request: CommandRequest, deadlineMs: number) {
    this.#options = options;
    this.#request = request;
    this.#deadlineMs = deadlineMs;
  }

  /** Aborts when everybody has answered. */
  get answered(): AbortSignal {
    return this.#done.signal;
  }

  /** @throws what kept an answer from being dealt with. */
  answerOf(terminal: string): CommandAnswer | undefined {
    if (this.#failure !== null) throw this.#failure;
    return this.#answers.get(terminal);
  }

  /** Write the command down. Returns its id; {@link repeat} sends it. */
  async ask(terminals: readonly string[]): Promise<string> {
    const one = await this.#issue(this.#request.audience, null);
    for (const terminal of terminals) this.#asked.set(terminal, one);
    return one.id;
  }

  /** Say it to everybody who has not answered. */
  repeat(): void {
    for (const [terminal, { sealed }] of this.#asked) if (!this.#answers.has(terminal)) this.#say(terminal, sealed);
  }

  readonly receive = (delivery: Delivery): void => {
    this.#take(delivery).catch((error) => {
      this.#failure = error;
      this.#done.abort();
    });
  };

  async #take({ topic, payload }: Delivery): Promise<void> {
    const { site, terminals } = this.#options;
    const meaning = topicsOf(site).parse(topic);
    if (meaning?.kind !== 'result') return;
    const result = await terminals.result(payload, meaning.terminal).catch(() => null);
    const asked = this.#asked.get(meaning.terminal);
    if (asked === undefined || result === null || result.command !== asked.id) return;
    if (result.challenge !== null && !asked.proven) return this.#prove(result.terminal, asked, result.challenge);
    const { terminal, outcome, code, message, data, at } = result;
    this.#answers.set(terminal, { terminal, outcome, code, message, data, at });
    if (this.#answers.size === this.#asked.size) this.#done.abort();
  }

  /** A terminal without a clock asks for a proof that the command is no old one: the same once more, with its challenge. */
  async #prove(terminal: string, asked: Asked, challenge: string): Promise<void> {
    // Before anything is awaited: a challenge is good for one command, and the same answer may come twice. Until there is a
    // second command nothing is the answer to it: the refusal of the first, heard again, must not be taken for it.
    this.#asked.set(terminal, { ...asked, id: '', proven: true });
    const again = { ...(await this.#issue(terminal, challenge)), proven: true };
    this.#asked.set(terminal, again);
    this.#say(terminal, again.sealed);
  }

  async #issue(audience: string, challenge: string | null): Promise<Asked> {
    const { site, db, clock, sealer } = this.#options;
    const { verb, reason, issuer, args } = this.#request;
    const lifetimeMs = Math.max(1, Math.round(this.#deadlineMs - clock.monotonicMs()));
    const order = { site, audience, verb, reason, issuer, challenge, ...(args && { args }) };
    const command = await issueCommand({ db, clock, lifetimeMs }, order);
    return { id: command.id, sealed: await sealer.command(command), proven: false };
  }

  #say(terminal: string, sealed: string): void {
    const { link, site } = this.#options;
    link.publish(topicsOf(site).command(terminal), sealed).catch(() => {});
  }
}

const silence = {
  online: 'It is connected, and did not answer in time.',
  offline: 'It is not connected to the broker.',
  provisioned:
    'It was provisioned, and has never been seen on this broker: set it up with `limen provision`, and start it.',
  revoked: 'It was revoked: nobody believes it any more.',
  unknown: 'Nobody has provisioned a terminal of this name.',
} as const;

function unanswered(
  terminal: string,
  presence: ReturnType<RollCall['presence']>,
  standing: 'unknown' | 'provisioned' | 'revoked',
): CommandAnswer {
  const why = standing === 'provisioned' && presence !== 'unknown' ? presence : standing;
  const message = `${silence[why]} If it has not been carried out by now, it will not be.`;
  return { terminal, outcome: 'unanswered', code: 'command.unanswered', message, data: null, at: null };
}

function unreachable(link: Link): LimenError {
  const reason = link.state.online ? 'it came too late' : link.state.reason;
  return new LimenError('broker.unreachable', `The broker ${link.url} cannot be reached: ${reason}.`, {
    hint: 'Nothing was sent. Check the network and the broker, and try again.',
  });
}
