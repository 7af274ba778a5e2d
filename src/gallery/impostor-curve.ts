import type { Calibration, ImpostorQuantile } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';

/** A distance, and the upper confidence bound of the FMR there. */
export interface CurvePoint {
  /** 1 − cosine. */
  readonly distance: number;
  readonly fmr: number;
}

/**
 * The bounds of a pack's impostor figures, loosest first. A bound never falls below the bound of a stricter distance,
 * whatever the noise in the figures.
 *
 * @throws LimenError `pack.invalid` when the figures contradict themselves.
 */
export function impostorCurve(calibration: Calibration): readonly CurvePoint[] {
  const { quantiles } = calibration;
  quantiles.forEach((quantile, i) => {
    if (isSound(quantile) && (i === 0 || quantile.distance < quantiles[i - 1]!.distance)) return;
    throw badFigures(calibration, `quantile ${i + 1} is out of order or out of range`);
  });
  if (quantiles.length === 0) throw badFigures(calibration, 'there are none');
  let bound = 0;
  return quantiles
    .toReversed()
    .map((quantile) => {
      bound = Math.max(bound, quantile.fmrUpper);
      return { distance: quantile.distance, fmr: bound };
    })
    .reverse();
}

/** Straight lines between the measured points, over the logarithm of the FMR; never beyond either end. */
export function pointAt(curve: readonly CurvePoint[], fmr: number): CurvePoint {
  const stricterAt = curve.findIndex((point) => point.fmr <= fmr);
  const stricter = curve[stricterAt] ?? curve.at(-1)!;
  const looser = curve[stricterAt - 1];
  if (looser === undefined || looser.fmr === stricter.fmr) return stricter;
  const share = Math.log(fmr / stricter.fmr) / Math.log(looser.fmr / stricter.fmr);
  return { distance: stricter.distance + share * (looser.distance - stricter.distance), fmr };
}

/**
 * How often two strangers are at most this far apart, at most (the upper bound). 1 for a distance that is looser than
 * everything measured; the strictest bound for one that is stricter.
 */
export function fmrBoundAt(curve: readonly CurvePoint[], distance: number): number {
  const looserAt = curve.findLastIndex((point) => point.distance >= distance);
  const looser = curve[looserAt];
  if (looser === undefined) return 1;
  const stricter = curve[looserAt + 1];
  if (stricter === undefined || looser.distance === distance) return looser.fmr;
  const share = (distance - stricter.distance) / (looser.distance - stricter.distance);
  return stricter.fmr * (looser.fmr / stricter.fmr) ** share;
}

function isSound({ fmr, fmrUpper, distance }: ImpostorQuantile): boolean {
  return fmr >= 0 && fmrUpper >= fmr && fmrUpper > 0 && fmrUpper <= 1 && distance >= 0 && distance <= 2;
}

function badFigures(calibration: Calibration, what: string): LimenError {
  return new LimenError('pack.invalid', `The impostor figures of ${calibration.embedder} cannot be used: ${what}.`, {
    hint: 'Restore pack.json of this pack from where it came.',
  });
}
