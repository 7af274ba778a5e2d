import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { everyTerminal } from './command-limits.ts';
import type { CommandMemory } from './command-memory.ts';
import type { Command } from './command-messages.ts';

/** One thing that a terminal can be told to do. */
export interface CommandVerb {
  /**
   * Whether it can let somebody in, or must for another reason never act late. Then it must be shown to be fresh, and is
   * not carried out unless it could be written down. What cannot let anybody in is rather done once too often: a lockdown needs neither clock nor disk.
   */
  readonly opens: boolean;
  /** Whether it may be said to all terminals of a site at once. */
  readonly everywhere: boolean;
  /** Verbs that make this one void when they were issued later and carried out already. */
  readonly voidedBy: readonly string[];
  /** The answer holds what must not be on this disk: asked again, it is given from memory, and not after a restart. */
  readonly secret?: true;
  /** Do it. What it returns is the answer to whoever asked. @throws what the answer is to say. */
  run(command: Command): Promise<Readonly<Record<string, JsonValue>> | null>;
}

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a command is judged by. */
export interface Circumstances {
  readonly terminal: string;
  /** `undefined` for a verb that this terminal does not know. */
  readonly verb: CommandVerb | undefined;
  readonly memory: CommandMemory;
  readonly clock: Clock;
  /** How long ago this terminal handed out the challenge that it brings back, ms; `null` when it brings none that counts. */
  readonly challengeAgeMs: number | null;
}

/** How far the hub's clock may be ahead. An expired command has no such grace: nothing ever acts late. */
const aheadMs = 5000;

/**
 * Whether a genuine command that is new is to be obeyed; `null` when it is, otherwise why not.
 *
 * Without a clock nobody can say that a command has not been kept back for a month. There a command that opens is obeyed
 * only with a challenge; any other one unless it is certain that it is old.
 */
export function objectionTo(command: Command, circumstances: Circumstances): LimenError | null {
  const { terminal, verb, memory } = circumstances;
  if (command.audience !== terminal && command.audience !== everyTerminal) return notForUs(command, terminal);
  if (verb === undefined) return unknown(command, terminal);
  if (command.audience === everyTerminal && !verb.everywhere) return notForAll(command);
  const newer = verb.voidedBy.find((other) => memory.newest(other) > command.id);
  if (newer !== undefined) return superseded(command, newer);
  if (provenForMs(command, circumstances) > 0) return null;
  return memory.isForgotten(command) ? forgotten() : objectionToTimes(command, verb, circumstances);
}

/** How much longer a command is certainly good, ms; `null` where there is no clock to tell. */
export function goodForMs(command: Command, circumstances: Circumstances): number | null {
  const provenMs = provenForMs(command, circumstances);
  if (provenMs > 0) return provenMs;
  const { clock } = circumstances;
  return clock.quality() === 'synced' ? Date.parse(command.expiresAt) - clock.now().getTime() : null;
}

/** It was issued after the challenge was handed out: before the challenge is as old as its lifetime, it has not expired. */
function provenForMs({ issuedAt, expiresAt }: Command, { challengeAgeMs }: Circumstances): number {
  return challengeAgeMs === null ? 0 : Date.parse(expiresAt) - Date.parse(issuedAt) - challengeAgeMs;
}

function objectionToTimes(command: Command, verb: CommandVerb, circumstances: Circumstances): LimenError | null {
  const { memory, clock } = circumstances;
  const goodMs = goodForMs(command, circumstances);
  if (goodMs === null) {
    return verb.opens || Date.parse(command.expiresAt) < memory.hubTimeMs ? clockUnsynced(command) : null;
  }
  if (goodMs <= 0) return expired(command, clock);
  return Date.parse(command.issuedAt) > clock.now().getTime() + aheadMs ? notYetValid(command, clock) : null;
}

function notForUs({ audience }: Command, terminal: string): LimenError {
  return new LimenError('command.wrong-audience', `The command is for ${audience}, not for ${terminal}.`);
}

function notForAll({ verb }: Command): LimenError {
  return new LimenError('command.wrong-audience', `"${verb}" cannot be said to all terminals at once.`);
}

function unknown({ verb }: Command, terminal: string): LimenError {
  return new LimenError('command.unknown', `The terminal ${terminal} knows no command "${verb}".`);
}

function superseded({ verb }: Command, newer: string): LimenError {
  return new LimenError('command.superseded', `A "${newer}" that was issued after this "${verb}" was obeyed already.`);
}

function forgotten(): LimenError {
  return new LimenError(
    'command.forgotten',
    'The command was issued before this terminal began to remember commands: it may have been obeyed already.',
  );
}

function clockUnsynced({ verb }: Command): LimenError {
  return new LimenError(
    'command.clock-unsynced',
    `This terminal does not know the time, so it cannot tell whether "${verb}" is an old command.`,
  );
}

/** What came, or was ready to be carried out, too late. */
export function expired({ expiresAt }: Command, clock: Clock): LimenError {
  const times = `It was good until ${expiresAt}, and here it is ${clock.now().toISOString()}`;
  return new LimenError('command.expired', `The command came too late. ${times}.`);
}

function notYetValid({ issuedAt }: Command, clock: Clock): LimenError {
  const times = `It was issued at ${issuedAt}, and here it is ${clock.now().toISOString()}`;
  return new LimenError('command.not-yet-valid', `The command is from the future. ${times}.`);
}
