import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import { impostorCurve, pointAt } from './impostor-curve.ts';

/** NIST SP 800-63B §5.2.3: a biometric used to authenticate shall have a false match rate of 1 in 1000 or better. */
export const loosestFmr = 1 / 1000;

/** What a threshold is derived from. */
export interface ThresholdRequest {
  readonly calibration: Calibration;
  /** Templates a probe is compared with ({@link Gallery.rows}): more of them, more chances to be mistaken. */
  readonly comparisons: number;
  /** False positive identification rate the site accepts: the share of strangers taken for anyone. */
  readonly targetFpir: number;
}

/** τ, and what it promises. */
export interface Threshold {
  /** The largest 1 − cosine that may be granted. */
  readonly threshold: number;
  /** False match rate of one comparison at τ: the upper 95 % confidence bound, not the estimate. */
  readonly fmr: number;
  /** What to expect of one stranger at this gallery, by the same bound. */
  readonly predictedFpir: number;
  /** One sentence: the data behind the numbers. */
  readonly basis: string;
  /** `null` when the target is met. Otherwise the data does not reach it, and τ is the strictest that was measured. */
  readonly shortfall: LimenError | null;
}

/**
 * FPIR = 1 − (1 − FMR)^N: the chance that a stranger matches at least one of N templates. It takes the comparisons as
 * independent; templates of one person are not, so the true figure is lower (ISO/IEC 19795-1 §8.6 discusses both).
 */
export function predictFpir(fmr: number, comparisons: number): number {
  return fmr >= 1 ? Math.min(1, comparisons) : -Math.expm1(comparisons * Math.log1p(-fmr));
}

/**
 * τ for a gallery of this size, read off the pack's measured impostor distribution.
 *
 * @throws LimenError `calibration.unsupported` when the target needs a lower FMR than the data can vouch for.
 */
export function thresholdFor(request: ThresholdRequest): Threshold {
  const threshold = nearestThresholdFor(request);
  if (threshold.shortfall !== null) throw threshold.shortfall;
  return threshold;
}

/**
 * τ as {@link thresholdFor}, except where the data does not reach the target: then the strictest measured τ comes back
 * with its honest `predictedFpir` and a `shortfall` that the caller must say aloud. A door that has grown past its
 * data goes on at its strictest instead of locking everyone out; guessing a τ beyond the data would be neither.
 *
 * @throws LimenError `calibration.unsupported` when even the strictest measured τ is looser than {@link loosestFmr},
 *   `pack.invalid` when the figures contradict themselves.
 */
export function nearestThresholdFor(request: ThresholdRequest): Threshold {
  const { calibration, comparisons, targetFpir } = request;
  const curve = impostorCurve(calibration);
  const strictest = curve.at(-1)!;
  if (strictest.fmr > loosestFmr) throw unfitForDoors(calibration, strictest.fmr);
  const needed = Math.min(loosestFmr, fmrNeededFor(targetFpir, comparisons));
  const point = needed < strictest.fmr ? strictest : pointAt(curve, needed);
  return {
    threshold: point.distance,
    fmr: point.fmr,
    predictedFpir: predictFpir(point.fmr, comparisons),
    basis: `${dataOf(calibration)}: FMR at most ${oneIn(point.fmr)} at 95 % confidence`,
    shortfall: needed < strictest.fmr ? shortfallOf(request, needed, strictest.fmr) : null,
  };
}

/** The FMR of one comparison that keeps the FPIR of so many within the target: the inverse of {@link predictFpir}. */
export function fmrNeededFor(targetFpir: number, comparisons: number): number {
  return -Math.expm1(Math.log1p(-targetFpir) / Math.max(1, comparisons));
}

function shortfallOf({ calibration, comparisons, targetFpir }: ThresholdRequest, needed: number, best: number) {
  const predicted = predictFpir(best, comparisons);
  const supported = Math.floor(Math.log1p(-targetFpir) / Math.log1p(-best));
  const fewer = supported > 0 ? `keep at most ${count(supported)} templates on this terminal, ` : '';
  // Rounded up, so that following the advice ends the complaint.
  const wider = `set recognition.targetFpir to ${(Math.ceil(predicted * 1e4) / 1e4).toString()}`;
  return new LimenError(
    'calibration.unsupported',
    `A false identification rate of ${oneIn(targetFpir)} cannot be promised for ${count(comparisons)} templates: one ` +
      `comparison may then err ${oneIn(needed)} times, and ${dataOf(calibration)} vouches for ${oneIn(best)} at best; ` +
      `expect ${oneIn(predicted)}.`,
    {
      hint: `Any of these mends it: ${fewer}use a pack that was measured on more people, or ${wider}.`,
    },
  );
}

function unfitForDoors(calibration: Calibration, best: number): LimenError {
  return new LimenError(
    'calibration.unsupported',
    `${dataOf(calibration)} vouches for a false match rate of ${oneIn(best)} at best; a door needs ${oneIn(loosestFmr)}.`,
    { hint: `Use another pack than the one of ${calibration.embedder}, or measure it on more people.` },
  );
}

function dataOf({ source, impostorPairs, people }: Calibration): string {
  return `${source} (${count(impostorPairs)} impostor pairs of ${count(people)} people)`;
}

function oneIn(rate: number): string {
  return `1 in ${count(Math.round(1 / rate))}`;
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
