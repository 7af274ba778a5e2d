import { z } from 'zod';

/** A pack of networks that is here, or can be fetched. */
export const packListed = z.object({
  name: z.string(),
  installed: z.boolean(),
  inUse: z.boolean(),
  /** Detector, embedder, liveness … */
  gives: z.array(z.string()),
  bytes: z.number(),
  licence: z.string(),
  /** On LFW, as a share of 1. */
  accuracy: z.number().nullable(),
  /** Of pairs of one person, when 1 of 1,000 strangers is accepted. */
  trueAcceptance: z.number().nullable(),
  /** Without impostor figures a pack lets nobody in. */
  calibrated: z.boolean(),
});

/** What recognises people at this hub. */
export const models = z.object({
  packs: z.array(packListed),
  engines: z.array(z.object({ name: z.string(), inUse: z.boolean() })),
});

/** See {@link models}. */
export type Models = z.infer<typeof models>;

/** Something wrong with a configuration, and where. */
export const configProblem = z.object({ line: z.number(), column: z.number(), key: z.string(), says: z.string() });

/** What became of a check. */
export const configChecked = z.object({ problems: z.array(configProblem), effective: z.string().nullable() });

/** See {@link configChecked}. */
export type ConfigChecked = z.infer<typeof configChecked>;

/** The hub's own configuration, every default included; secrets are only names of files. */
export const settings = z.object({ effective: z.string(), version: z.string(), node: z.string() });

/** See {@link settings}. */
export type Settings = z.infer<typeof settings>;
