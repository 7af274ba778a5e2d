import type { Calibration } from '../domain/calibration.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { fmrBoundAt, impostorCurve } from '../gallery/impostor-curve.ts';
import { selfScores } from '../gallery/likeness.ts';
import { loosestFmr, nearestThresholdFor, predictFpir } from '../gallery/threshold.ts';
import type { Share } from './clustered-share.ts';
import { expectedFpirAt, fnirOf } from './gallery-risk.ts';

/** What one τ would promise and cost. */
export interface RiskCurvePoint {
  /** 1 − cosine. */
  readonly threshold: number;
  readonly expectedFpir: number;
  /** Upper 95 % bound. */
  readonly fpirBound: number;
  /** `null` where nobody has two pictures. */
  readonly fnir: Share | null;
}

const steps = 80;

/**
 * FPIR and FNIR of a gallery over τ, strictest first: from half of the strictest distance that was measured, up to where
 * one comparison errs more often than any door may ({@link loosestFmr}). `targetFpir`'s own τ is one of the points.
 *
 * @throws LimenError as `nearestThresholdFor`.
 */
export function riskCurve(request: {
  readonly gallery: Gallery;
  readonly calibration: Calibration;
  readonly targetFpir: number;
  readonly minMargin: number;
}): RiskCurvePoint[] {
  const { gallery, calibration, minMargin, targetFpir } = request;
  const scores = selfScores(gallery);
  const curve = impostorCurve(calibration);
  const { threshold: own } = nearestThresholdFor({ calibration, comparisons: gallery.rows, targetFpir });
  const from = 0.5 * (curve.at(-1)?.distance ?? own);
  const to = Math.max(own, ...curve.filter(({ fmr }) => fmr <= loosestFmr * 10).map(({ distance }) => distance));
  const even = Array.from({ length: steps }, (_, i) => from + ((to - from) * i) / (steps - 1));
  return [...new Set([...even, own])]
    .sort((a, b) => a - b)
    .map((threshold) => ({
      threshold,
      expectedFpir: expectedFpirAt(threshold, calibration, gallery.rows),
      fpirBound: predictFpir(fmrBoundAt(curve, threshold), gallery.rows),
      fnir: fnirOf(scores, threshold, minMargin),
    }));
}
