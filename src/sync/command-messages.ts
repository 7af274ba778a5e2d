import { z } from 'zod';
import { idPattern } from '../domain/person.ts';
import { everyTerminal, longestLifetimeMs } from './command-limits.ts';
import { wireFormat } from './messages.ts';

const id = z.string().regex(idPattern);
const instant = z.iso.datetime({ offset: true });
const verb = z
  .string()
  .regex(/^[a-z]+(-[a-z]+)*$/)
  .max(64);
/** Shown to people and kept in journals, so that control characters have no business in it. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^\P{Cc}*$/u);
const challenge = z.string().regex(/^[\w-]{22}$/);

/**
 * A command's id: a ULID. Ids count up: a hub gives none that sorts before one it has given, even when its clock steps
 * back, so that comparing two ids tells which command was issued later.
 */
export const commandIdSchema = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);

/** `terminal/<id>/command`: what a hub asks of a terminal. Verbs are not enumerated: a terminal answers to an unknown one. */
export const commandSchema = z
  .object({
    format: z.literal(wireFormat),
    site: id,
    id: commandIdSchema,
    /** A terminal, or {@link everyTerminal}. */
    audience: z.union([id, z.literal(everyTerminal)]),
    verb,
    /** Why, in the words of whoever asked. */
    reason: line(200).nullable(),
    /** Who asked, as the hub knows them. */
    issuer: line(100),
    issuedAt: instant,
    expiresAt: instant,
    /** What the verb needs to know besides, by name; left out where it needs nothing. */
    args: z.record(z.string().max(64), z.json()).optional(),
    /** What a terminal without a clock handed out, given back: proof that this command is not an old one. */
    challenge: challenge.nullable(),
  })
  .refine(({ issuedAt, expiresAt }) => isLifetime(Date.parse(expiresAt) - Date.parse(issuedAt)), {
    error: `a command is good for more than nothing and at most ${longestLifetimeMs / 60_000} minutes`,
    path: ['expiresAt'],
  });
export type Command = z.infer<typeof commandSchema>;

/** `terminal/<id>/result`: what became of a command at a terminal. */
export const resultSchema = z.object({
  format: z.literal(wireFormat),
  site: id,
  terminal: id,
  /** Id of the command. */
  command: commandIdSchema,
  verb,
  /** `refused`: a rule said no, nothing was done. `failed`: it was to be done and could not be, or not wholly. */
  outcome: z.enum(['done', 'refused', 'failed']),
  code: z.string().max(64).nullable(),
  /** One sentence for whoever asked. */
  message: z.string().max(1000).nullable(),
  /** What was asked for, where a verb asks for something. */
  data: z.record(z.string(), z.json()).nullable(),
  at: instant,
  clock: z.enum(['synced', 'unsynced']),
  /** To be sent back in a new command, within ten seconds, where this one could not be shown to be fresh. */
  challenge: challenge.nullable(),
});
export type CommandResult = z.infer<typeof resultSchema>;

function isLifetime(ms: number): boolean {
  return ms > 0 && ms <= longestLifetimeMs;
}
