import { z } from 'zod';

/** A share with its 95 % interval, and what it was counted over. */
export const share = z.object({
  share: z.number(),
  low: z.number(),
  high: z.number(),
  events: z.number(),
  trials: z.number(),
});

/** What one τ would promise and cost. */
export const riskPoint = z.object({
  threshold: z.number(),
  /** The share of strangers who are taken for somebody … */
  expectedFpir: z.number(),
  /** … and its upper 95 % bound. */
  fpirBound: z.number(),
  /** The share of enrolled pictures that are not granted in their own name; `null` where nobody has two. */
  fnir: share.nullable(),
});

/** See {@link riskPoint}. */
export type RiskPointTold = z.infer<typeof riskPoint>;

/** Two people who are near each other. */
export const confusablePair = z.object({
  ...{ a: z.string(), b: z.string(), nameA: z.string(), nameB: z.string(), distance: z.number() },
  /** How often two strangers are this near, at most. */
  chance: z.number(),
});

/** The risk of this gallery. */
export const galleryRiskTold = z.object({
  ...{ people: z.number(), templates: z.number(), galleryVersion: z.number(), embedder: z.string() },
  targetFpir: z.number(),
  minMargin: z.number(),
  /** τ that follows from the target. */
  threshold: z.number(),
  /** The data behind it. */
  basis: z.string(),
  /** A target that the data cannot support. */
  shortfall: z.object({ message: z.string(), hint: z.string().nullable() }).nullable(),
  /** Strictest first. */
  points: z.array(riskPoint),
  misses: z.object({ takenForAnother: z.number(), tooFar: z.number(), tooClose: z.number() }),
  /** People with a single picture, of whom nobody can tell how well they are recognised: the first of them, and how many. */
  unjudged: z.array(z.object({ id: z.string(), name: z.string() })),
  unjudgedCount: z.number(),
  /** How many times as often these people resemble each other as strangers do; `null` where too few tell. */
  resemblance: z.number().nullable(),
  confusable: z.array(confusablePair),
});

/** See {@link galleryRiskTold}. */
export type GalleryRiskTold = z.infer<typeof galleryRiskTold>;
