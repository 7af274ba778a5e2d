import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { nearestThresholdFor, type Threshold } from '../gallery/threshold.ts';
import type { VerdictPolicy } from './verdict.ts';

/** What the site set; the rest of a policy follows from the gallery and the pack's figures. */
export interface SiteDemands extends Omit<VerdictPolicy, 'threshold'> {
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
  if (calibration === null || calibration.embedder !== gallery.embedder) {
    throw new LimenError(
      'calibration.unsupported',
      `There are no impostor figures for the embedder ${gallery.embedder}.`,
      {
        hint: 'Use a pack whose pack.json has a "calibration" for its own embedder: a threshold cannot be guessed.',
      },
    );
  }
  const { targetFpir, minMargin, agreeing, window, decideWithinMs, liveness } = demands;
  const threshold = nearestThresholdFor({ calibration, comparisons: gallery.rows, targetFpir });
  return {
    policy: { threshold: threshold.threshold, minMargin, agreeing, window, decideWithinMs, liveness },
    threshold,
  };
}

/**
 * The distance beyond which two pictures show two people: 95 of 100 pairs of strangers are farther apart, and hardly
 * any pair of one person is. Used to notice that somebody else has stepped in front of the camera.
 */
export function changeDistanceOf(calibration: Calibration): number {
  const loosest = calibration.quantiles.find((quantile) => quantile.fmr <= 0.05) ?? calibration.quantiles[0];
  return loosest?.distance ?? 0;
}
