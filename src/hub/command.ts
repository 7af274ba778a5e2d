import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { everyTerminal } from '../sync/command-limits.ts';
import type { Command, CommandResult } from '../sync/command-messages.ts';
import { openResult, type Sealer } from '../sync/envelope.ts';
import type { SiteKey } from '../sync/keys.ts';
import type { Delivery, Link } from '../sync/link.ts';
import { topicsOf } from '../sync/topics.ts';
import { issueCommand, terminalsInBooks } from './command-book.ts';
import type { HubTables } from './hub-schema.ts';
import { openRollCall } from './roll-call.ts';

/** What commands are sent with. */
export interface CommanderOptions {
  readonly site: string;
  readonly link: Link;
  readonly db: Kysely<HubTables>;
  readonly sealer: Sealer;
  readonly siteKey: SiteKey;
  readonly clock: Clock;
  /** How long the broker may take to hand out the statuses that it keeps. */
  readonly settleMs?: number;
  /** How soon a command is said again to whom has not answered. */
  readonly repeatMs?: number;
}

/** What a terminal is to do. */
export interface CommandRequest {
  /** A terminal, or {@link everyTerminal}. */
  readonly audience: string;
  readonly verb: string;
  readonly reason: string | null;
  readonly issuer: string;
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
 * To everybody means: to every terminal in the hub's books and every one whose status the broker keeps.
 *
 * @throws LimenError `broker.unreachable` when the broker could not be reached in that time: nothing was sent.
 */
export async function sendCommand(options: CommanderOptions, request: CommandRequest): Promise<CommandSent> {
  const { site, link, settleMs = 300, repeatMs = 2000 } = options;
  const { audience, timeoutMs } = request;
  const topics = topicsOf(site);
  const deadlineMs = performance.now() + timeoutMs;
  const rolls = await openRollCall({ site, link });
  const answers = new Map<string, CommandAnswer>();
  /** Terminal -> the sealed command that it has to answer, and its id. */
  const asked = new Map<string, { id: string; sealed: string; proven: boolean }>();

  const onResult = async ({ topic, payload }: Delivery) => {
    const meaning = topics.parse(topic);
    if (meaning?.kind !== 'result') return;
    const result = await openResult(options.siteKey, site, payload).catch(() => null);
    const mine = asked.get(meaning.terminal);
    if (result === null || result.terminal !== meaning.terminal || result.command !== mine?.id) return;
    if (result.challenge !== null && !mine.proven) {
      // Before anything is awaited: the same answer may come twice, and a challenge is good for one command.
      asked.set(result.terminal, { ...mine, proven: true });
      return prove(result.terminal, result.challenge);
    }
    answers.set(result.terminal, answerOf(result));
    if (answers.size === asked.size) done.abort();
  };

  const issue = (to: string, challenge: string | null): Promise<Command> => {
    const { verb, reason, issuer } = request;
    const lifetimeMs = Math.max(1, Math.round(deadlineMs - performance.now()));
    return issueCommand({ ...options, lifetimeMs }, { site, audience: to, verb, reason, issuer, challenge });
  };

  /** A terminal without a clock asks for a proof that the command is no old one: the same once more, with its challenge. */
  const prove = async (terminal: string, challenge: string) => {
    const command = await issue(terminal, challenge);
    const sealed = await options.sealer.command(command);
    asked.set(terminal, { id: command.id, sealed, proven: true });
    say(terminal, sealed);
  };

  const say = (terminal: string, sealed: string) => {
    link.publish(topics.command(terminal), sealed).catch(() => {});
  };

  const done = new AbortController();
  const until = (ms: number) => delay(Math.max(0, ms - performance.now()), undefined, { signal: done.signal });
  let failure: unknown = null;
  await link.subscribe(topics.everyResult, (delivery) => {
    onResult(delivery).catch((error) => {
      failure = error;
      done.abort();
    });
  });
  while (!link.state.online) {
    if (performance.now() > deadlineMs) throw unreachable(link);
    await delay(20);
  }
  if (audience === everyTerminal) await until(Math.min(deadlineMs, performance.now() + settleMs));
  const terminals = audience === everyTerminal ? await everybody(options, rolls.heard()) : [audience];
  const command = await issue(audience, null);
  const sealed = await options.sealer.command(command);
  for (const terminal of terminals) asked.set(terminal, { id: command.id, sealed, proven: false });
  while (!done.signal.aborted && asked.size > 0 && performance.now() < deadlineMs) {
    for (const [terminal, one] of asked) if (!answers.has(terminal)) say(terminal, one.sealed);
    await until(Math.min(deadlineMs, performance.now() + repeatMs)).catch(() => {});
  }
  if (failure !== null) throw failure;
  const silent = terminals.filter((terminal) => !answers.has(terminal));
  return {
    id: command.id,
    answers: [...answers.values(), ...silent.map((terminal) => unanswered(terminal, rolls.presence(terminal)))].sort(
      (a, b) => (a.terminal < b.terminal ? -1 : 1),
    ),
  };
}

async function everybody({ db }: CommanderOptions, heard: readonly string[]): Promise<string[]> {
  return [...new Set([...(await terminalsInBooks(db)), ...heard])].sort();
}

function answerOf({ terminal, outcome, code, message, data, at }: CommandResult): CommandAnswer {
  return { terminal, outcome, code, message, data, at };
}

const silence = {
  online: 'It is connected, and did not answer in time.',
  offline: 'It is not connected to the broker.',
  unknown: 'The broker knows no terminal of this name.',
} as const;

function unanswered(terminal: string, presence: keyof typeof silence): CommandAnswer {
  const message = `${silence[presence]} If it has not been carried out by now, it will not be.`;
  return { terminal, outcome: 'unanswered', code: 'command.unanswered', message, data: null, at: null };
}

function unreachable(link: Link): LimenError {
  const reason = link.state.online ? 'it came too late' : link.state.reason;
  return new LimenError('broker.unreachable', `The broker ${link.url} cannot be reached: ${reason}.`, {
    hint: 'Nothing was sent. Check the network and the broker, and try again.',
  });
}
