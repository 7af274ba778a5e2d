import { z } from 'zod';
import { doorStates } from '../domain/door-state.ts';
import { LimenError } from '../domain/errors.ts';

/** Where the time of a picture goes, in the order of its way; `total` is from the camera to a decision. */
export const stages = ['camera', 'decode', 'detect', 'landmarks', 'liveness', 'embed', 'decide', 'total'] as const;

const perSecond = z.number().min(0);
const milliseconds = z.number().min(0);

/** The few numbers by which somebody sees that a terminal is well, in every status that it publishes. */
export const vitalsSchema = z.object({
  /** Pictures taken up in the last minute, and those that the camera had before one could be taken up. */
  framesPerSecond: perSecond,
  droppedPerSecond: perSecond,
  /** From the camera to a decision, 95 of 100 pictures; `null` when none was looked at for a minute. */
  latencyMs: milliseconds.nullable(),
  /** The processor's; `null` where the machine does not tell. */
  temperatureC: z.number().nullable(),
  /** Where the journal is written; `null` where it cannot be told. */
  diskFreeMb: z.number().nullable(),
  /**
   * Where the time went: by stage (all but `total`, which is `latencyMs`), what 95 of 100 pictures took. A stage that none
   * went through is left out; an older terminal leaves out all of it, and a newer one may name stages unknown here.
   */
  stagesMs: z.record(z.string().max(32), milliseconds).optional(),
});
export type Vitals = z.infer<typeof vitalsSchema>;

/** How long a stage took, of the pictures of the last minute that went through it. */
export const spentSchema = z.object({
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  /** How many those were. */
  pictures: z.number().int().min(0),
});
export type Spent = z.infer<typeof spentSchema>;

/** Pictures of the last minute, or since the start where that is shorter. */
export const framesSchema = z.object({
  overSeconds: z.number().min(0),
  perSecond,
  droppedPerSecond: perSecond,
  /** Not searched, because nobody was there and nothing moved. */
  stillPerSecond: perSecond,
  /** Could not be looked at. */
  failedPerSecond: perSecond,
});
export type Frames = z.infer<typeof framesSchema>;

/** A warning or an error that the daemon wrote into its log: the sentence, and nothing of what stood beside it. */
export const troubleSchema = z.object({
  at: z.iso.datetime(),
  level: z.enum(['warn', 'error']),
  code: z.string().nullable(),
  says: z.string(),
});
export type Trouble = z.infer<typeof troubleSchema>;

/** `data` of the result of `diagnose`; an older terminal leaves some of it out, a newer one says more. Names nobody. */
export const diagnosisSchema = z.looseObject({
  software: z.string().optional(),
  node: z.string().optional(),
  upSeconds: z.number().optional(),
  machineUpSeconds: z.number().optional(),
  time: z.iso.datetime().optional(),
  clock: z.enum(['synced', 'unsynced']).optional(),
  memoryMb: z.number().optional(),
  machineMemoryMb: z.object({ free: z.number(), total: z.number() }).optional(),
  load: z.array(z.number()).optional(),
  temperatureC: z.number().nullable().optional(),
  diskFreeMb: z.number().nullable().optional(),
  pack: z.string().optional(),
  lookingForMs: z.number().optional(),
  gallery: z.object({ version: z.number(), people: z.number(), threshold: z.number() }).optional(),
  journal: z.object({ lastSeq: z.number(), acknowledgedSeq: z.number() }).optional(),
  door: z
    .looseObject({ state: z.enum(doorStates) })
    .nullable()
    .optional(),
  frames: framesSchema.optional(),
  /** By stage. */
  latency: z.record(z.string().max(32), spentSchema).optional(),
  /** From the first good sighting to the verdict, of the last hundred verdicts that began with one. */
  verdicts: z.object({ p50Ms: milliseconds, p95Ms: milliseconds, count: z.number().int() }).nullable().optional(),
  /** Newest first. */
  log: z.array(troubleSchema).max(50).optional(),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** The answer to `diagnose`. @throws LimenError `message.invalid` for one that is none. */
export function diagnosisFrom(data: unknown): Diagnosis {
  const parsed = diagnosisSchema.safeParse(data ?? {});
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
  throw new LimenError('message.invalid', `The terminal's diagnosis cannot be read: ${path.join('.')}: ${message}.`, {
    hint: 'Hub and terminal may run different versions of limen: compare `limen --version` on both.',
  });
}
