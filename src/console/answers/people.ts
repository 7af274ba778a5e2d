import { z } from 'zod';
import { idPattern } from '../../domain/person.ts';

/** What a person is called in the books. */
export const personId = z.string().regex(idPattern).meta({ description: 'Id of a person', example: '1001' });

/** Somebody who is enrolled, as the console lists them: no templates, no hashes. */
export const personListed = z.object({
  id: personId,
  name: z.string(),
  groups: z.array(z.string()),
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  /** `null` for who is not; left out at a terminal, to which somebody suspended is not valid now, and no more. */
  suspended: z.object({ since: z.string(), author: z.string(), reason: z.string() }).nullable().optional(),
  templates: z.number(),
  /** Since when their face is forgotten; `null` for who has one, or never had one. Left out at a terminal. */
  faceErasedAt: z.string().nullable().optional(),
  cards: z.number(),
  pin: z.boolean(),
  version: z.number(),
});

/** See {@link personListed}. */
export type PersonListed = z.infer<typeof personListed>;

/** A page of people, and what there is to choose from. */
export const peoplePage = z.object({ people: z.array(personListed), total: z.number(), groups: z.array(z.string()) });

/** See {@link peoplePage}. */
export type PeoplePage = z.infer<typeof peoplePage>;

/** What a picture is good for. */
export const looked = z.object({
  /** What to name it by when somebody is enrolled; `null` for one that was only looked at, or is of no use. */
  picture: z.string().nullable(),
  widthPx: z.number(),
  heightPx: z.number(),
  faces: z.number(),
  box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  quality: z
    .object({
      interEyePx: z.number(),
      sharpness: z.number(),
      yawDeg: z.number(),
      pitchDeg: z.number(),
      rollDeg: z.number(),
      brightness: z.number(),
      contrast: z.number(),
      failures: z.array(z.string()),
    })
    .nullable(),
  guidance: z.array(z.string()),
  good: z.boolean(),
  resembles: z.array(z.object({ id: z.string(), name: z.string(), distance: z.number(), same: z.boolean() })),
});

/** See {@link looked}. */
export type Looked = z.infer<typeof looked>;

/** What became of a change of the gallery. */
export const changed = z.object({ id: z.string(), version: z.number(), published: z.boolean() });

/** The same, and what an administrator should know. */
export const enrolled = changed.extend({ warnings: z.array(z.string()) });

/** See {@link enrolled}. */
export type EnrolledTold = z.infer<typeof enrolled>;

/** Which terminals have nothing of an erased person, or face, any more. */
export const erasure = z.object({
  id: z.string(),
  version: z.number(),
  terminals: z.array(z.object({ terminal: z.string(), confirmed: z.boolean() })),
});

/** See {@link erasure}. */
export type Erasure = z.infer<typeof erasure>;

/** What became of somebody on a list. */
export const importOutcome = z.object({
  line: z.number().nullable(),
  id: z.string(),
  name: z.string(),
  outcome: z.enum(['enrolled', 'there already', 'failed']),
  /** Why not, or what to look at; one sentence each. */
  says: z.array(z.string()),
  mend: z.string().nullable(),
});

/** How far an import is. */
export const importProgress = z.object({
  id: z.string(),
  total: z.number(),
  pictures: z.number(),
  state: z.enum(['collecting', 'running', 'over', 'stopped', 'failed']),
  /** Of whom something is known. */
  counts: z.object({ enrolled: z.number(), thereAlready: z.number(), failed: z.number() }),
  /** Why it failed as a whole. */
  problem: z.string().nullable(),
});

/** See {@link importProgress}. */
export type ImportProgress = z.infer<typeof importProgress>;

/** The same, and its report so far. */
export const importState = importProgress.extend({
  outcomes: z.array(importOutcome),
  /** Pictures of nobody on the list. */
  leftOver: z.array(z.string()),
});

/** See {@link importState}. */
export type ImportState = z.infer<typeof importState>;

/** The same at its beginning, and who is on the list: whose pictures are to be sent. */
export const importBegun = importState.extend({ ids: z.array(z.string()) });

/** See {@link importBegun}. */
export type ImportBegun = z.infer<typeof importBegun>;
