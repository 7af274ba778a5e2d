import type { Liveness } from '../domain/sighting.ts';

/** Looks at the surroundings of a face, added up over its track. */
export interface SurroundingsCount {
  readonly still: number;
  readonly moving: number;
}

/** What a track says about the face being alive. */
export interface LivenessFinding {
  /** 0 (artefact) to 1 (live): the least of what was judged; `null` when nothing was. */
  readonly score: number | null;
  /** Something was judged, and nothing that was judged speaks against life. */
  readonly live: boolean;
}

export interface FusionOptions {
  /** The pack has no network for liveness, so that surroundings speak alone. Default false: a network has to say yes. */
  readonly surroundingsSuffice?: boolean;
}

/** A single frame's answer counts as no surer than this: one bad picture must not outweigh ten good ones. */
const surest = 0.99;
/** Fewer looks at the surroundings than this say nothing. */
const fewestLooks = 4;
/**
 * Share of the looks that must have found the surroundings still. Something held up moves in nearly all of them; a
 * passer-by behind a living person moves on one side, for a second.
 */
const leastStill = 0.8;

/**
 * Presentation attack detection over a track, AND, failing closed.
 *
 * - Networks: the mean of the log-odds over the last judged sightings, held against the networks' own threshold: the
 *   product of independent opinions, which a few sure frames decide more than many that cannot tell. The worst frame
 *   alone would refuse every living person who blinks into the sun; the best would admit a print that once glinted.
 *   A frame that was good enough to recognise and has no score makes it no score at all.
 * - Surroundings: moving along means an artefact, whatever the networks say. Still is evidence of life only where the
 *   caller says that the pack has no network; it cannot replace the yes of one that is there and stays silent.
 *
 * No threshold here was fitted to pictures of attacks.
 */
export function fuseLiveness(
  scores: readonly (Liveness | null)[],
  looks: SurroundingsCount,
  { surroundingsSuffice = false }: FusionOptions = {},
): LivenessFinding {
  const byNetworks = networksSay(scores, surroundingsSuffice);
  const byLooks = looksSay(looks);
  const judged = [byNetworks, byLooks].filter((finding) => finding !== null);
  if (byNetworks === 'incomplete' || judged.length === 0) return { score: null, live: false };
  const findings = judged.filter((finding) => finding !== 'incomplete');
  return {
    score: Math.min(...findings.map(({ score }) => score)),
    live: findings.every(({ live }) => live),
  };
}

interface Judged {
  readonly score: number;
  readonly live: boolean;
}

function networksSay(scores: readonly (Liveness | null)[], mayBeSilent: boolean): Judged | 'incomplete' | null {
  const judged = scores.filter((score) => score !== null);
  if (judged.length === 0) return mayBeSilent ? null : 'incomplete';
  if (judged.length < scores.length) return 'incomplete';
  const sum = judged.reduce((total, { score }) => total + logOdds(score), 0);
  const threshold = Math.max(...judged.map((one) => one.threshold));
  const score = 1 / (1 + Math.exp(-sum / judged.length));
  // Written as "not at least": what is no number is not live.
  return { score: Number.isFinite(score) ? score : 0, live: score >= threshold };
}

function logOdds(score: number): number {
  const bounded = Math.min(surest, Math.max(1 - surest, score));
  return Math.log(bounded / (1 - bounded));
}

function looksSay({ still, moving }: SurroundingsCount): Judged | null {
  if (still + moving < fewestLooks) return null;
  const score = still / (still + moving);
  return { score, live: score >= leastStill };
}
