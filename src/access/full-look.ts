import type { Calibration } from '../domain/calibration.ts';
import type { GlimpseSpace } from '../domain/glimpse.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { impostorCurve, pointAt } from '../gallery/impostor-curve.ts';
import type { Threshold } from '../gallery/threshold.ts';
import { rankOnce } from './rank-once.ts';
import type { Track } from './tracker.ts';
import type { VerdictPolicy } from './verdict.ts';

/** What glimpses are compared with, where the pack has them. */
export interface Glimpses {
  /** The people, in the space of glimpses. */
  readonly gallery: Gallery;
  /** A glimpse at most this far from somebody is worth a full look. */
  readonly nearEnough: number;
}

/** Glimpses as a pack has them: their space, and what they show of strangers. */
export interface MeasuredGlimpses {
  readonly space: GlimpseSpace;
  readonly calibration: Calibration;
}

/**
 * So many times as often as a full look may take a stranger for somebody, a glimpse may. Of the pairs that a full look
 * accepts, one glimpse then misses 1 in 600 at 1 in 100,000, none at 1 in 10,000 (models/README.md); a person is glimpsed in many pictures.
 */
const leniency = 30;

/** How near a glimpse has to be, by what glimpses of strangers look like. */
export function nearEnoughFor({ fmr }: Threshold, calibration: Calibration): number {
  return pointAt(impostorCurve(calibration), leniency * fmr).distance;
}

/** Whoever stands there for long is looked at in full again this often, whatever the glimpses say. */
const fullEveryMs = 2500;

/** Who a track is held against, when. */
export interface FullLookCircumstances {
  readonly gallery: Gallery;
  readonly policy: VerdictPolicy;
  readonly glimpses: Glimpses;
  readonly nowMs: number;
}

/**
 * Whether the next picture of a face is worth a full look: nothing but full looks makes a verdict. It is when a glimpse
 * came near to somebody, when a full look did, and, for a refusal to rest on, when there have been about enough good
 * pictures for a verdict and no full look lately. A track that rests is not.
 */
export function deservesFullLook(track: Track, { gallery, policy, glimpses, nowMs }: FullLookCircumstances): boolean {
  if (nowMs < track.restsUntilMs || gallery.rows === 0) return false;
  const lately = track.good.some(({ atMs }) => nowMs - atMs < fullEveryMs);
  if (!lately && track.glances.length >= policy.agreeing - 1) return true;
  return (
    track.glances.some(({ template }) => isWithin(glimpses.nearEnough, glimpses.gallery, template)) ||
    track.good.some(({ template }) => isWithin(policy.threshold, gallery, template))
  );
}

function isWithin(distance: number, gallery: Gallery, template: Parameters<typeof rankOnce>[1]): boolean {
  const { nearest } = rankOnce(gallery, template);
  return nearest !== null && nearest.distance <= distance;
}
