import { z } from 'zod';
import { doorStates } from '../../domain/door-state.ts';
import { idPattern } from '../../domain/person.ts';
import { vitalsSchema } from '../../sync/diagnosis.ts';

/** What a terminal is called. */
export const terminalName = z
  .string()
  .regex(idPattern)
  .meta({ description: 'Name of a terminal', example: 'front-door' });

/** How a terminal does by its last status. */
export const heard = z.object({
  /** By its own clock, ISO 8601. */
  at: z.string(),
  /**
   * By how much its clock is ahead of the hub's, as near as a status tells; `null` of one that the broker had kept, and
   * where a terminal looks at itself.
   */
  clockAheadMs: z.number().nullable(),
  /** `null` of an older terminal. */
  vitals: vitalsSchema.nullable(),
});

/** See {@link heard}. */
export type Heard = z.infer<typeof heard>;

/** What can be wrong with a terminal that is online. */
export const worries = ['gallery-newer', 'no-pictures', 'slow', 'hot', 'disk-low', 'clock-unset', 'clock-off'] as const;

/** See {@link worries}. */
export type Worry = (typeof worries)[number];

/** A terminal as the console shows it. */
export const terminalView = z.object({
  id: terminalName,
  /** `null` of one that looks at itself and has no hub. */
  provisionedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  /** `unknown`: never heard of since the hub started. */
  presence: z.enum(['online', 'offline', 'unknown']),
  /** Its last word; `null` where there was none. */
  status: z
    .object({
      since: z.string(),
      software: z.string(),
      pack: z.string(),
      clock: z.enum(['synced', 'unsynced']),
      door: z.enum(doorStates).nullable(),
      /** Opens for nobody, whatever its door does otherwise. */
      lockdown: z.boolean(),
      galleryVersion: z.number(),
      people: z.number(),
      /** Events that the hub does not have yet. */
      waitingEvents: z.number(),
    })
    .nullable(),
  /** When it last said how it does, and what. */
  heard: heard.nullable(),
  /** What somebody should look after. */
  worries: z.array(z.enum(worries)),
  /** Of the hub's gallery, as far as it is known here, to be compared with the terminal's. */
  headVersion: z.number(),
  /** Whether the way to its hub is open, as one that looks at itself knows; `null` at the hub, and of one without a hub. */
  toHub: z.boolean().nullable(),
  /** Whether it holds the newest keys. */
  holdsKeys: z.boolean(),
});

/** See {@link terminalView}. */
export type TerminalView = z.infer<typeof terminalView>;

/** Why a terminal is told something: kept in journals and shown on screens, so that there are no control characters in it. */
export const commandReason = z
  .string()
  .max(200)
  .regex(/^\P{Cc}*$/u);

/** What became of a command at a terminal. */
export const commandOutcome = z.object({
  terminal: z.string(),
  outcome: z.enum(['done', 'refused', 'failed', 'unanswered']),
  code: z.string().nullable(),
  message: z.string().nullable(),
});

/** See {@link commandOutcome}. */
export type CommandOutcome = z.infer<typeof commandOutcome>;
