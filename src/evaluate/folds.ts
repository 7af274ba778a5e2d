import { spread } from './statistics.ts';

/** One comparison of the protocol. */
export interface Trial {
  readonly same: boolean;
  readonly fold: number;
  /** 1 − cosine; `null` where no face was found in one of the pictures: wrong, whichever the question. */
  readonly distance: number | null;
}

/** How a k-fold protocol ended. */
export interface FoldResult {
  readonly folds: ReadonlyArray<{ readonly accuracy: number; readonly threshold: number }>;
  /** Mean over the folds. */
  readonly accuracy: number;
  /** Sample standard deviation over the folds. */
  readonly deviation: number;
  /** Per trial, in the order given: answered rightly, with the threshold of its fold. */
  readonly right: readonly boolean[];
}

/** Whether `threshold` answers rightly. */
export function isRight({ same, distance }: Trial, threshold: number): boolean {
  return distance !== null && distance < threshold === same;
}

/**
 * The protocol of LFW (Huang et al., UMass TR 07-49, view 2): each fold is judged with the threshold that is best on
 * the other folds, never on itself.
 */
export function crossValidate(trials: readonly Trial[]): FoldResult {
  const folds = [...new Set(trials.map(({ fold }) => fold))].sort((a, b) => a - b);
  const thresholds = new Map(folds.map((fold) => [fold, bestThreshold(trials.filter((trial) => trial.fold !== fold))]));
  const right = trials.map((trial) => isRight(trial, thresholds.get(trial.fold)!));
  const results = folds.map((fold) => {
    const answers = right.filter((_, i) => trials[i]!.fold === fold);
    return { accuracy: answers.filter(Boolean).length / answers.length, threshold: thresholds.get(fold)! };
  });
  const { mean, deviation } = spread(results.map(({ accuracy }) => accuracy));
  return { folds: results, accuracy: mean, deviation, right };
}

/** The threshold with the most right answers, half-way to the next distance; of several equally good the middle one. */
export function bestThreshold(trials: readonly Trial[]): number {
  const known = trials.filter((trial): trial is Trial & { distance: number } => trial.distance !== null);
  const sorted = known.toSorted((a, b) => a.distance - b.distance);
  let right = known.filter(({ same }) => !same).length;
  let most = right;
  let best = [sorted[0]?.distance ?? 0];
  sorted.forEach(({ same, distance }, i) => {
    right += same ? 1 : -1;
    const next = sorted[i + 1]?.distance ?? distance + 1e-9;
    if (next === distance || right < most) return;
    if (right > most) best = [];
    most = right;
    best.push((distance + next) / 2);
  });
  return best[Math.floor(best.length / 2)]!;
}
