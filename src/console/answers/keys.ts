import { z } from 'zod';

/** The keys of a site: what it is encrypted with, and what the hub signs with. */
export const keyKind = z.enum(['site', 'hub']);

/** How far a change of the site's keys is. */
export const keyProgress = z.object({
  /** Kinds of key of which a new one is on its way to the terminals. */
  underWay: z.array(keyKind),
  /** Terminals that do not hold it yet. */
  waitingFor: z.array(z.string()),
  /** Everything is sealed with the new key, and the one before counts no more. */
  finished: z.boolean(),
  /** How many terminals are in service. */
  terminals: z.number(),
});

/** See {@link keyProgress}. */
export type KeyProgressTold = z.infer<typeof keyProgress>;
