import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { loosestFmr, nearestThresholdFor, type Threshold } from '../gallery/threshold.ts';
import type { TrackerOptions } from './tracker.ts';
import type { VerdictPolicy } from './verdict.ts';

/** What the site set; the rest of a policy follows from the gallery and the pack's figures. */
export interface SiteDemands extends Omit<VerdictPolicy, 'threshold' | 'minMargin'> {
  /** Left out, {@link minMarginOf} the pack. */
  readonly minMargin?: number | undefined;
  /** How often a stranger may be taken for anyone in the gallery, per attempt. */
  readonly targetFpir: number;
}

export interface Policy {
  readonly policy: VerdictPolicy;
  /** τ with the data behind it, and the shortfall to be said aloud when the data does not reach the target. */
  readonly threshold: Threshold;
}

/**
 * The policy for a gallery of this size. τ is derived anew with every change of the gallery: more people, stricter τ.
 *
 * @throws LimenError `calibration.unsupported` when the pack has no impostor figures, or too weak ones for any door.
 */
export function policyFor(gallery: Gallery, calibration: Calibration | null, demands: SiteDemands): Policy {
  const figures = calibrationFor(gallery, calibration);
  const { targetFpir, minMargin = minMarginOf(figures), agreeing, window, decideWithinMs, liveness } = demands;
  const { challenge, challengeWithinMs, surroundingsSuffice } = demands;
  const threshold = nearestThresholdFor({ calibration: figures, comparisons: gallery.rows, targetFpir });
  return {
    policy: {
      threshold: threshold.threshold,
      minMargin,
      agreeing,
      window,
      decideWithinMs,
      liveness,
      ...(surroundingsSuffice !== undefined && { surroundingsSuffice }),
      ...(challenge !== undefined && { challenge }),
      ...(challengeWithinMs !== undefined && { challengeWithinMs }),
    },
    threshold,
  };
}

/** @throws LimenError `calibration.unsupported` when these are not the figures of the gallery's embedder. */
export function calibrationFor(gallery: Gallery, calibration: Calibration | null): Calibration {
  if (calibration !== null && calibration.embedder === gallery.embedder) return calibration;
  const missing = `There are no impostor figures for the embedder ${gallery.embedder}`;
  if (calibration === null) {
    throw new LimenError('calibration.unsupported', `${missing}.`, {
      hint: 'A threshold cannot be guessed. Measure the pack: limen evaluate calibration --pack NAME --images FOLDER --write',
    });
  }
  throw new LimenError('calibration.unsupported', `${missing}; the pack in use has those of ${calibration.embedder}.`, {
    hint: 'Put the pack that the people were enrolled with back into recognition.pack, or enrol everybody again with this one: limen people import FOLDER --again --config hub.yaml',
  });
}

/**
 * The distance beyond which two pictures show two people: 95 of 100 pairs of strangers are farther apart, and hardly
 * any pair of one person is. Used to notice that somebody else has stepped in front of the camera.
 */
export function changeDistanceOf(calibration: Calibration): number {
  return distanceOf(calibration, 0.05);
}

/**
 * The distance that one face keeps to itself from one good frame to the next (0.04 at most on the bundled clips), and
 * one in a thousand strangers to it: within it, evidence of life is taken for that of one and the same face.
 */
export function sureDistanceOf(calibration: Calibration): number {
  return distanceOf(calibration, loosestFmr);
}

type Tracked = Pick<TrackerOptions, 'changeDistance' | 'sureDistance'>;

/**
 * By which distances a track tells that somebody else has come, from the figures of what it compares: of glimpses, where
 * the pack has them. Without figures every look is somebody else.
 */
export function trackedBy(calibration: Calibration | null): Required<Tracked> {
  if (calibration === null) return { changeDistance: 0, sureDistance: 0 };
  return { changeDistance: changeDistanceOf(calibration), sureDistance: sureDistanceOf(calibration) };
}

/** The first distance measured at which strangers are no more frequent; the strictest where none is. */
function distanceOf({ quantiles }: Calibration, fmr: number): number {
  return (quantiles.find((quantile) => quantile.fmr <= fmr) ?? quantiles.at(-1))?.distance ?? 0;
}

/** How far the second person must be behind, in decades of the FMR: strangers that near are five times as rare. */
const marginDecades = 0.7;

/**
 * How much farther the second person must be, in this pack's own measure. One embedder spreads strangers over a few
 * hundredths of 1 − cosine, another over half of it, so no one number fits both: it is the distance over which
 * strangers become rarer by {@link marginDecades}, where a door works (around one in ten thousand).
 */
export function minMarginOf({ quantiles }: Calibration): number {
  const strict = quantiles.findLast(({ fmr }) => fmr >= 1e-4) ?? quantiles.at(-1);
  const loose = quantiles.findLast(({ fmr }) => fmr >= 9 * (strict?.fmr ?? 1));
  // Too little data for a slope: a margin that nobody has is none that lets somebody in.
  if (strict === undefined || loose === undefined) return 1;
  return (marginDecades * (loose.distance - strict.distance)) / Math.log10(loose.fmr / strict.fmr);
}
