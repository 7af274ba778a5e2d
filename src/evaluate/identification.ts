import { rankTogether } from '../access/rank-together.ts';
import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import { Gallery } from '../gallery/gallery.ts';
import { nearestThresholdFor } from '../gallery/threshold.ts';
import { bootstrap, type Interval, shareInterval } from './statistics.ts';

/** One attempt: of the pictures of it, those in which a face was found. They are compared together, as a verdict does. */
export type Try = readonly Template[];

/** Somebody who is enrolled and then tries to get in; `null` stands for a picture without a face. */
export interface Member {
  readonly enrol: readonly (Template | null)[];
  readonly attempts: readonly Try[];
}

/** What a door would do with one attempt. */
export interface Attempt {
  /** Index of the person who tries; `null` for a stranger. */
  readonly member: number | null;
  /** Whom it is nearest to; `null` where no face was found. */
  readonly nearest: number | null;
  readonly distance: number;
  /** How much farther the second person is. */
  readonly margin: number;
}

/** An open-set experiment: some are enrolled, some are not, all of them try. */
export interface OpenSet {
  readonly members: readonly Member[];
  /** One attempt by each of so many different people who are not enrolled. */
  readonly strangers: readonly Try[];
  readonly embedder: string;
}

/** What a site would demand. */
export interface Demands {
  readonly calibration: Calibration;
  readonly targetsFpir: readonly number[];
  readonly minMargin: number;
}

/** The planted-impostor experiment at one target: what was promised, and what happened. */
export interface TargetFigure {
  readonly targetFpir: number;
  /** τ for the gallery's size, from the pack's impostor figures. */
  readonly threshold: number;
  /** By the upper bound of the pack's figures, and without the margin. */
  readonly predictedFpir: number;
  /** `false` when the pack's figures cannot promise the target: τ is then the strictest they know. */
  readonly promised: boolean;
  /** Share of strangers taken for somebody, with the margin demanded, as a door would. */
  readonly fpir: number;
  readonly fpirInterval95: Interval;
  /** The same without the margin: what `predictedFpir` predicts. */
  readonly fpirWithoutMargin: number;
  /** Share of members' attempts that do not end in their name: not seen, too far, ambiguous, or taken for another. */
  readonly fnir: number;
  readonly fnirInterval95: Interval;
}

/** One gallery, everybody's attempts, and what came out. */
export interface IdentificationFigures {
  readonly people: number;
  readonly templates: number;
  readonly attempts: number;
  readonly strangers: number;
  /** Share of members' attempts whose nearest person is the right one, at any distance. */
  readonly rank1: number;
  readonly rank1Interval95: Interval;
  readonly targets: readonly TargetFigure[];
  readonly fnirAtFpir: readonly { readonly fpir: number; readonly fnir: number; readonly threshold: number }[];
}

/** Put everybody before one gallery of all members. */
export function attemptsOn({ members, strangers, embedder }: OpenSet): { attempts: Attempt[]; rows: number } {
  const gallery = galleryOf(members, embedder);
  const judge = (templates: Try, member: number | null): Attempt => {
    const ranking = templates.length === 0 ? null : rankTogether(gallery, templates);
    if (!ranking?.nearest) return { member, nearest: null, distance: Number.POSITIVE_INFINITY, margin: 0 };
    const { nearest, other } = ranking;
    const margin = (other?.distance ?? 2) - nearest.distance;
    return { member, nearest: Number(nearest.personId), distance: nearest.distance, margin };
  };
  const attempts = members.flatMap((member, i) => member.attempts.map((one) => judge(one, i)));
  return { attempts: [...attempts, ...strangers.map((one) => judge(one, null))], rows: gallery.rows };
}

/**
 * The figures of an open-set experiment.
 *
 * @throws LimenError `evaluate.too-little` when nobody is enrolled.
 */
export function identify(set: OpenSet, demands: Demands): { figures: IdentificationFigures; attempts: Attempt[] } {
  const { attempts, rows } = attemptsOn(set);
  const mated = attempts.filter(({ member }) => member !== null);
  const strangers = attempts.filter(({ member }) => member === null);
  if (rows === 0 || mated.length === 0) {
    throw new LimenError('evaluate.too-little', 'There is nobody who has a picture to enrol and one to try with.', {
      hint: 'Somebody needs more pictures: enrol fewer of each (--enrol 1), or use fewer per attempt (--frames 1).',
    });
  }
  const rank1 = (attempt: Attempt) => attempt.nearest === attempt.member;
  const targets = demands.targetsFpir.map((targetFpir) =>
    targetFigure(targetFpir, { mated, strangers, rows }, demands),
  );
  const figures = {
    people: set.members.length,
    templates: rows,
    attempts: mated.length,
    strangers: strangers.length,
    rank1: shareOf(mated, rank1),
    rank1Interval95: intervalByMember(mated, rank1),
    targets,
    fnirAtFpir: fnirAtFpir(attempts, demands.minMargin),
  };
  return { figures, attempts };
}

/** Whether a door with this τ and margin lets the attempt in, under whatever name. */
export function isAccepted({ distance, margin }: Attempt, threshold: number, minMargin: number): boolean {
  return distance <= threshold && margin >= minMargin;
}

function isMissed(attempt: Attempt, threshold: number, minMargin: number): boolean {
  return attempt.nearest !== attempt.member || !isAccepted(attempt, threshold, minMargin);
}

/** Who tries, and how many templates they are compared with. */
export interface Crowd {
  readonly mated: readonly Attempt[];
  readonly strangers: readonly Attempt[];
  readonly rows: number;
}

/** What the door's own threshold for this target does. */
export function targetFigure(targetFpir: number, { mated, strangers, rows }: Crowd, demands: Demands): TargetFigure {
  const { calibration, minMargin } = demands;
  const derived = nearestThresholdFor({ calibration, comparisons: rows, targetFpir });
  const { threshold, predictedFpir, shortfall } = derived;
  const missed = (attempt: Attempt) => isMissed(attempt, threshold, minMargin);
  const accepted = strangers.filter((attempt) => isAccepted(attempt, threshold, minMargin)).length;
  return {
    targetFpir,
    threshold,
    predictedFpir,
    promised: shortfall === null,
    fpir: accepted / strangers.length,
    fpirInterval95: shareInterval(accepted, strangers.length),
    fpirWithoutMargin: shareOf(strangers, ({ distance }) => distance <= threshold),
    fnir: shareOf(mated, missed),
    fnirInterval95: intervalByMember(mated, missed),
  };
}

/** One point of the curve that trades strangers let in against members kept out. */
export interface DetPoint {
  readonly fpir: number;
  readonly fnir: number;
  readonly threshold: number;
}

/** FNIR against FPIR over every threshold at which either changes, from the strictest to the loosest. */
export function detCurve(attempts: readonly Attempt[], minMargin: number): DetPoint[] {
  const clear = attempts.filter((attempt) => attempt.nearest !== null && attempt.margin >= minMargin);
  const strangers = attempts.filter(({ member }) => member === null).length;
  const mated = attempts.length - strangers;
  let [accepted, falselyAccepted] = [0, 0];
  const points: DetPoint[] = [{ fpir: 0, fnir: 1, threshold: 0 }];
  for (const { member, nearest, distance } of clear.toSorted((a, b) => a.distance - b.distance)) {
    if (member === null) falselyAccepted += 1;
    else if (member === nearest) accepted += 1;
    points.push({ fpir: falselyAccepted / strangers, fnir: 1 - accepted / mated, threshold: distance });
  }
  return points;
}

function fnirAtFpir(attempts: readonly Attempt[], minMargin: number) {
  const strangers = attempts.filter(({ member }) => member === null).length;
  const points = detCurve(attempts, minMargin);
  return [0.1, 0.01, 0.001]
    .filter((fpir) => fpir * strangers >= 1)
    .map((fpir) => {
      const { fnir, threshold } = points.findLast((point) => point.fpir <= fpir + 1e-12)!;
      return { fpir, fnir, threshold };
    });
}

function galleryOf(members: readonly Member[], embedder: string): Gallery {
  const people = members.map(
    ({ enrol }, i): Person => ({
      id: String(i),
      name: String(i),
      templates: enrol.filter((template) => template !== null),
      groups: [],
      validFrom: null,
      validUntil: null,
      version: 1,
    }),
  );
  return Gallery.from({ lineage: '', version: 1, embedder, people, erased: {} });
}

function shareOf(attempts: readonly Attempt[], is: (attempt: Attempt) => boolean): number {
  return attempts.filter(is).length / attempts.length;
}

/** By drawing people: the attempts of one person are not independent. */
function intervalByMember(mated: readonly Attempt[], is: (attempt: Attempt) => boolean): Interval {
  const members = [...new Set(mated.map(({ member }) => member))];
  const index = new Map(members.map((member, i) => [member, i]));
  const tried = new Float64Array(members.length);
  const counted = new Float64Array(members.length);
  for (const attempt of mated) {
    tried[index.get(attempt.member)!]! += 1;
    if (is(attempt)) counted[index.get(attempt.member)!]! += 1;
  }
  const share = counted.reduce((sum, count) => sum + count, 0) / mated.length;
  // A bootstrap of nothing but successes has no width.
  if (share === 0 || share === 1) return shareInterval(share * members.length, members.length);
  const [interval] = bootstrap(members.length, (draw) => {
    let [sum, all] = [0, 0];
    for (let i = 0; i < members.length; i++) {
      sum += draw[i]! * counted[i]!;
      all += draw[i]! * tried[i]!;
    }
    return [sum / all];
  });
  return interval!;
}
