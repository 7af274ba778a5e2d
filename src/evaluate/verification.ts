import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import { cosineDistance, type Template } from '../domain/template.ts';
import { type AllPairs, compareAll, equalErrorOf, pointOf } from './all-pairs.ts';
import { crossValidate, type Trial } from './folds.ts';
import { type Experiment, equalError, ratesBetween, reportedRates, tarAtFar } from './operating-points.ts';
import { scoresOf } from './scores.ts';
import { bootstrap, type Draw, type Interval } from './statistics.ts';

/** TAR at one FAR, with what it rests on. */
export interface RateFigure {
  readonly far: number;
  readonly tar: number;
  readonly interval95: Interval;
  readonly threshold: number;
  /** How many impostor comparisons this FAR lets pass: a figure on fewer than about 10 is a rough guess. */
  readonly acceptedImpostors: number;
}

/** What the pack's own impostor figures promised, and what happened here. */
export interface PromiseKept {
  /** Upper 95 % bound of the false match rate, from the pack. */
  readonly promisedFmr: number;
  readonly threshold: number;
  readonly far: number;
  readonly farInterval95: Interval;
  readonly tar: number;
  readonly tarInterval95: Interval;
}

/** What all experiments report. */
interface Figures {
  readonly genuine: number;
  readonly impostors: number;
  readonly people: number;
  readonly equalErrorRate: number;
  readonly tarAtFar: readonly RateFigure[];
}

/** The k-fold protocol of a pairs file. */
export interface ProtocolFigures extends Figures {
  readonly pairs: number;
  readonly folds: ReadonlyArray<{ readonly accuracy: number; readonly threshold: number }>;
  readonly accuracy: number;
  readonly deviation: number;
  readonly accuracyInterval95: Interval;
  readonly equalErrorInterval95: Interval;
  /** Pairs with a picture in which no face was found: each counts as wrong. */
  readonly pairsWithoutFace: number;
  /** What the intervals draw anew: people where pairs share people, pairs where none do. */
  readonly resampled: 'people' | 'pairs';
}

/** Every picture against every other. */
export interface AllPairsFigures extends Figures {
  /** `null` for a pack without impostor figures. */
  readonly promises: readonly PromiseKept[] | null;
}

/** A comparison of the protocol, by the indices of its pictures. */
export interface PicturePair {
  readonly a: number;
  readonly b: number;
  readonly fold: number;
}

/** A picture with its template, if a face was found. */
export interface Subject {
  readonly person: number;
  readonly template: Template | null;
}

interface Trialled extends Trial {
  readonly first: number;
  readonly second: number;
}

/** Run the protocol; {@link crossValidate} and {@link tarAtFar} say what each figure means. */
export function verify(
  subjects: readonly Subject[],
  pairs: readonly PicturePair[],
  rounds = 1000,
): { figures: ProtocolFigures; experiment: Experiment } {
  const trials = pairs.map(({ a, b, fold }): Trialled => {
    const [one, two] = [subjects[a]!, subjects[b]!];
    const distance = one.template && two.template ? cosineDistance(one.template, two.template) : null;
    return { same: one.person === two.person, fold, distance, first: one.person, second: two.person };
  });
  const people = new Set(trials.flatMap(({ first, second }) => [first, second])).size;
  const shared = trials.reduce((sum, { first, second }) => sum + (first === second ? 1 : 2), 0) > people;
  // Drawing pairs is drawing people when nobody is in two pairs: each pair is then a "person" of its own.
  const drawn = shared ? trials : trials.map((trial, i) => ({ ...trial, first: i, second: i }));
  const units = shared ? Math.max(...trials.flatMap(({ first, second }) => [first, second])) + 1 : trials.length;
  const experiment = experimentOf(drawn);
  const folds = crossValidate(trials);
  const rates = reportedRates(experiment.impostors.total());
  const [accuracy, equal, ...tars] = bootstrap(
    units,
    (draw) => [
      weightedShare(folds.right, drawn, draw),
      equalError(experiment, draw).rate,
      ...tarAtFar(experiment, rates, draw).map(({ tar }) => tar),
    ],
    { rounds },
  );
  const figures = {
    ...countsOf(experiment, people),
    pairs: trials.length,
    folds: folds.folds,
    accuracy: folds.accuracy,
    deviation: folds.deviation,
    accuracyInterval95: accuracy!,
    equalErrorRate: equalError(experiment).rate,
    equalErrorInterval95: equal!,
    tarAtFar: rateFigures(experiment, rates, tars),
    pairsWithoutFace: trials.filter(({ distance }) => distance === null).length,
    resampled: shared ? 'people' : 'pairs',
  } as const;
  return { figures, experiment };
}

/** What all against all gives: the figures, what they were read off, and the intervals in between, for drawing. */
export interface AllPairsResult {
  readonly figures: AllPairsFigures;
  readonly experiment: AllPairs;
  readonly band: readonly { readonly far: number; readonly interval95: Interval }[];
}

/**
 * All against all; intervals by drawing people.
 *
 * @throws LimenError `evaluate.too-little` when no two faces of one person, or none of two people, can be compared.
 */
export function verifyAll(
  subjects: readonly Subject[],
  { calibration = null, rounds = 500 }: { calibration?: Calibration | null; rounds?: number } = {},
): AllPairsResult {
  const experiment = compareAll(subjects);
  if (experiment.genuine.total() === 0 || experiment.impostors.total() === 0) throw nothingToCompare();
  const people = new Set(subjects.map(({ person }) => person)).size;
  const units = subjects.reduce((most, { person }) => Math.max(most, person + 1), 0);
  const reported = reportedRates(experiment.impostors.total());
  const rates = ratesBetween(1e-2, reported.at(-1)!, 3);
  const promised = calibration === null ? [] : promisesOf(calibration);
  const intervals = bootstrap(
    units,
    (draw) => [
      ...tarAtFar(experiment, rates, draw).map(({ tar }) => tar),
      ...promised.flatMap(({ threshold }) => {
        const { far, tar } = pointOf(threshold, experiment, draw);
        return [far, tar];
      }),
    ],
    { rounds },
  );
  const promises = promised.map(({ promisedFmr, threshold }, i) => {
    const { far, tar } = pointOf(threshold, experiment);
    const [farInterval95, tarInterval95] = intervals.slice(rates.length + 2 * i) as [Interval, Interval];
    return { promisedFmr, threshold, far, farInterval95, tar, tarInterval95 };
  });
  const band = rates.map((far, i) => ({ far, interval95: intervals[i]! }));
  const ofReported = reported.map((rate) => intervals[rates.indexOf(rate)]!);
  const figures = {
    ...countsOf(experiment, people),
    equalErrorRate: equalErrorOf(experiment),
    tarAtFar: rateFigures(experiment, reported, ofReported),
    promises: calibration === null ? null : promises,
  };
  return { figures, experiment, band };
}

function nothingToCompare(): LimenError {
  return new LimenError(
    'evaluate.too-little',
    'There are no two faces of one person, or none of two people, to compare.',
    {
      hint: 'At least two people are needed, one of them with two pictures, and a face has to be found on them.',
    },
  );
}

function experimentOf(trials: readonly Trialled[]): Experiment {
  const known = (same: boolean) =>
    trials.flatMap((trial) =>
      trial.same === same && trial.distance !== null ? { ...trial, distance: trial.distance } : [],
    );
  const unseen = trials.filter(({ same, distance }) => same && distance === null);
  return { genuine: scoresOf(known(true), unseen), impostors: scoresOf(known(false)) };
}

function countsOf({ genuine, impostors }: Experiment, people: number) {
  return { genuine: genuine.total(), impostors: impostors.total(), people };
}

function rateFigures(experiment: Experiment, rates: readonly number[], intervals: readonly Interval[]): RateFigure[] {
  const impostors = experiment.impostors.total();
  return tarAtFar(experiment, rates).map(({ threshold, far, tar }, i) => ({
    far: rates[i]!,
    tar,
    interval95: intervals[i]!,
    threshold,
    acceptedImpostors: Math.round(far * impostors),
  }));
}

/** The pack's thresholds at the powers of ten, by the bound that a door is run with. */
function promisesOf({ quantiles }: Calibration): { promisedFmr: number; threshold: number }[] {
  return quantiles
    .filter(({ fmr }) => fmr <= 0.01 && Math.abs(Math.log10(fmr) - Math.round(Math.log10(fmr))) < 1e-3)
    .map(({ fmrUpper, distance }) => ({ promisedFmr: fmrUpper, threshold: distance }));
}

function weightedShare(right: readonly boolean[], trials: readonly Trialled[], draw: Draw): number {
  let [sum, all] = [0, 0];
  trials.forEach(({ first, second }, i) => {
    const weight = first === second ? draw[first]! : draw[first]! * draw[second]!;
    all += weight;
    if (right[i]) sum += weight;
  });
  return sum / all;
}
