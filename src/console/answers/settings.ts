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

/**
 * What may be changed from a browser: nothing that opens the hub to others, names a file or a program, or makes people
 * unknown. Whoever may sign in here must not become somebody on the machine.
 */
export const settingKeys = [
  'log.level',
  'gallery.validDays',
  'recognition.quality.minInterEyePx',
  'recognition.quality.minSharpness',
  'recognition.quality.maxYawDeg',
  'recognition.quality.maxPitchDeg',
  'recognition.quality.maxRollDeg',
  'recognition.quality.minBrightness',
  'recognition.quality.maxBrightness',
  'recognition.quality.minContrast',
] as const;

const value = z.union([z.string().max(100), z.number()]);

/** One of {@link settingKeys}. */
export const setting = z.object({
  key: z.enum(settingKeys),
  says: z.string(),
  choices: z.array(z.string()).nullable(),
  least: z.number().nullable(),
  most: z.number().nullable(),
  standard: value,
  /** Since the hub was started. */
  inForce: value,
  /** From its next start on; `null` where the file leaves it at the standard. */
  inFile: value.nullable(),
});

/** See {@link setting}. */
export type Setting = z.infer<typeof setting>;

/** Other values; `null` for the standard. */
export const settingsChange = z.object({
  digest: z.string().max(100),
  changes: z.partialRecord(z.enum(settingKeys), value.nullable()),
});

/** The configuration in force, every default included; secrets are only names of files. */
export const settings = z.object({
  effective: z.string(),
  version: z.string(),
  node: z.string(),
  /** `null` where it cannot be read any more, and at a terminal, where none of it is changed from a browser. */
  file: z.object({ path: z.string(), digest: z.string(), isWritable: z.boolean() }).nullable(),
  settings: z.array(setting),
});

/** See {@link settings}. */
export type Settings = z.infer<typeof settings>;
