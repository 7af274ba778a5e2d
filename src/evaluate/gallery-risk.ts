import type { Calibration } from '../domain/calibration.ts';
import type { LimenError } from '../domain/errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { fmrBoundAt, impostorCurve } from '../gallery/impostor-curve.ts';
import { distanceAt, type LikePair, matchable, pairsWithin, type SelfScore, selfScores } from '../gallery/likeness.ts';
import { nearestThresholdFor, predictFpir } from '../gallery/threshold.ts';
import { clusteredShare, type Share } from './clustered-share.ts';
import { type Resemblance, resemblanceOf } from './resemblance.ts';

/** What a site demands of the gallery at hand. */
export interface RiskRequest {
  readonly gallery: Gallery;
  readonly calibration: Calibration;
  readonly targetFpir: number;
  readonly minMargin: number;
}

/** What one τ promises and costs. */
export interface RiskPoint {
  readonly targetFpir: number;
  /** 1 − cosine. */
  readonly threshold: number;
  /** The share of strangers who are taken for somebody, as the pack's figures estimate it … */
  readonly expectedFpir: number;
  /** … and their upper 95 % bound, which τ is derived from. */
  readonly fpirBound: number;
  /** Whether the pack's figures can promise the target. */
  readonly supported: boolean;
  /** The share of enrolled pictures that would not be granted in their own name; `null` where nobody has two. */
  readonly fnir: Share | null;
}

/** Why enrolled pictures are not granted in their own name. One picture counts once, for its first reason. */
export interface Misses {
  /** Nearer to somebody else. */
  readonly takenForAnother: number;
  /** Beyond τ. */
  readonly tooFar: number;
  /** Within τ, and somebody else is within the margin. */
  readonly tooClose: number;
}

/** The risk of one gallery, from the pack's impostor figures and the gallery's own templates. */
export interface GalleryRisk extends RiskPoint {
  /** With a face. */
  readonly people: number;
  readonly templates: number;
  readonly minMargin: number;
  readonly basis: string;
  /** The typed refusal of a target that the data cannot support. */
  readonly shortfall: LimenError | null;
  /** Ids of people with a single template: what would not recognise them cannot be told from their own pictures. */
  readonly unjudged: readonly string[];
  readonly misses: Misses;
  /** Everybody here as if they were a stranger: the share of their pictures that would be granted in another's name. */
  readonly ownPeopleAsStrangers: Share | null;
  readonly resemblance: Resemblance | null;
  /** The same with other margins. */
  readonly margins: ReadonlyArray<{
    readonly minMargin: number;
    readonly fnir: Share | null;
    readonly ownPeopleAsStrangers: Share | null;
  }>;
  /** The same at other targets. */
  readonly targets: readonly RiskPoint[];
  /** The same with more people of as many templates each. */
  readonly growth: ReadonlyArray<RiskPoint & { readonly factor: number; readonly templates: number }>;
  /** The nearest pairs of people, ten at most. */
  readonly confusable: readonly LikePair[];
}

const otherTargets = [0.05, 0.01, 0.001, 0.0001];
const growthFactors = [2, 10];
const listedPairs = 10;

/**
 * What the gallery at hand risks. τ and the FPIR follow from the pack's figures; the FNIR from leave-one-out: each
 * template against the rest of its own person and against everybody else. A single picture is compared there; at the
 * door several frames are averaged, which makes it better, and the day is another one, which makes it worse.
 *
 * @throws LimenError as `nearestThresholdFor`; a target beyond the data is no exception but the `shortfall`.
 */
export function galleryRisk(request: RiskRequest): GalleryRisk {
  const { gallery, calibration, minMargin, targetFpir } = request;
  const scores = selfScores(gallery);
  const at = (target: number, comparisons = gallery.rows) =>
    pointFor(scores, { ...request, targetFpir: target }, comparisons);
  const { basis, shortfall } = nearestThresholdFor({ calibration, comparisons: gallery.rows, targetFpir });
  const point = at(targetFpir);
  const { threshold } = point;
  const margins = [...new Set([0, minMargin, 2 * minMargin])];
  return {
    ...point,
    people: gallery.faces,
    templates: gallery.rows,
    minMargin,
    basis,
    shortfall,
    unjudged: [...gallery.people.keys()].filter((id) => matchable(gallery, id).length === 1),
    misses: missesOf(scores, threshold, minMargin),
    ownPeopleAsStrangers: acceptedStrangers(scores, threshold, minMargin),
    resemblance: resemblanceOf(gallery, calibration),
    margins: margins.map((margin) => ({
      minMargin: margin,
      fnir: fnirOf(scores, threshold, margin),
      ownPeopleAsStrangers: acceptedStrangers(scores, threshold, margin),
    })),
    targets: otherTargets.map((target) => at(target)),
    growth: growthFactors.map((factor) => ({
      factor,
      templates: factor * gallery.rows,
      ...at(targetFpir, factor * gallery.rows),
    })),
    confusable: nearestPairs(gallery, calibration),
  };
}

function pointFor(scores: readonly SelfScore[], request: RiskRequest, comparisons: number): RiskPoint {
  const { calibration, targetFpir, minMargin } = request;
  const derived = nearestThresholdFor({ calibration, comparisons, targetFpir });
  return {
    targetFpir,
    threshold: derived.threshold,
    expectedFpir: expectedFpirAt(derived.threshold, calibration, comparisons),
    fpirBound: derived.predictedFpir,
    supported: derived.shortfall === null,
    fnir: fnirOf(scores, derived.threshold, minMargin),
  };
}

/** The share of strangers who are taken for somebody at one τ, as the pack's figures estimate it. */
export function expectedFpirAt(threshold: number, calibration: Calibration, comparisons: number): number {
  const estimates = { ...calibration, quantiles: calibration.quantiles.map((one) => ({ ...one, fmrUpper: one.fmr })) };
  return predictFpir(fmrBoundAt(impostorCurve(estimates), threshold), comparisons);
}

type Miss = keyof Misses;

function missOf({ own, other }: SelfScore, threshold: number, minMargin: number): Miss | null {
  if (own === null) return null;
  if (other !== null && other.distance <= own) return 'takenForAnother';
  if (own > threshold) return 'tooFar';
  return other !== null && other.distance - own < minMargin ? 'tooClose' : null;
}

/** The share of enrolled pictures that would not be granted in their own name at one τ; `null` where nobody has two. */
export function fnirOf(scores: readonly SelfScore[], threshold: number, minMargin: number): Share | null {
  const judged = scores.filter(({ own }) => own !== null);
  return shareOver(judged, (score) => missOf(score, threshold, minMargin) !== null);
}

function missesOf(scores: readonly SelfScore[], threshold: number, minMargin: number): Misses {
  const misses = { takenForAnother: 0, tooFar: 0, tooClose: 0 };
  for (const score of scores) {
    const miss = missOf(score, threshold, minMargin);
    if (miss !== null) misses[miss] += 1;
  }
  return misses;
}

/** Alone in a gallery, nobody can be taken for another. Who is near somebody has that somebody near: counted twice. */
function acceptedStrangers(scores: readonly SelfScore[], threshold: number, minMargin: number): Share | null {
  const judged = scores.filter(({ other }) => other !== null);
  const accepted = ({ other, next }: SelfScore) => {
    const margin = next === null ? Number.POSITIVE_INFINITY : next.distance - other!.distance;
    return other!.distance <= threshold && margin >= minMargin;
  };
  return shareOver(judged, accepted, 2);
}

function shareOver(
  scores: readonly SelfScore[],
  isEvent: (score: SelfScore) => boolean,
  repeats?: number,
): Share | null {
  const groups = new Map<string, { events: number; trials: number }>();
  for (const score of scores) {
    const group = groups.get(score.personId) ?? { events: 0, trials: 0 };
    groups.set(score.personId, group);
    group.trials += 1;
    if (isEvent(score)) group.events += 1;
  }
  return clusteredShare([...groups.values()], repeats);
}

/** As far out as chance gives ten times as many pairs of templates as pairs are listed: a large gallery has millions. */
function nearestPairs(gallery: Gallery, calibration: Calibration): LikePair[] {
  const comparisons = Math.max(1, (gallery.rows * (gallery.rows - 1)) / 2);
  const distance = distanceAt(calibration, Math.min(0.1, (10 * listedPairs) / comparisons));
  return pairsWithin(gallery, distance, calibration).slice(0, listedPairs);
}
