import { attemptsOn, type Demands, type OpenSet, type TargetFigure, targetFigure } from './identification.ts';
import { type Interval, seeded, shareInterval, shuffled } from './statistics.ts';

/** How one size of gallery does, averaged over random choices of its members. */
export interface SizeFigure {
  readonly people: number;
  readonly galleries: number;
  readonly predictedFpir: number;
  readonly fpir: number;
  readonly fpirInterval95: Interval;
  readonly fnir: number;
  readonly threshold: number;
}

/**
 * What growing costs: random galleries of each size, the same strangers before all of them. The interval is that of so
 * many strangers in one gallery: more galleries make the mean steadier, but the strangers stay the same.
 */
export function bySize(set: OpenSet, sizes: readonly number[], demands: Demands, galleries = 20): SizeFigure[] {
  const [targetFpir] = demands.targetsFpir;
  const random = seeded(1);
  return sizes.map((size) => {
    const runs = Array.from({ length: galleries }, () => {
      const members = shuffled(set.members, random).slice(0, size);
      const { attempts, rows } = attemptsOn({ ...set, members });
      const mated = attempts.filter(({ member }) => member !== null);
      const strangers = attempts.filter(({ member }) => member === null);
      return targetFigure(targetFpir!, { mated, strangers, rows }, demands);
    });
    const mean = (of: (figure: TargetFigure) => number) => runs.reduce((sum, run) => sum + of(run), 0) / galleries;
    const fpir = mean((run) => run.fpir);
    return {
      people: size,
      galleries,
      predictedFpir: mean((run) => run.predictedFpir),
      fpir,
      fpirInterval95: shareInterval(fpir * set.strangers.length, set.strangers.length),
      fnir: mean((run) => run.fnir),
      threshold: mean((run) => run.threshold),
    };
  });
}
