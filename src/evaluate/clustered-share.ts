import { type Interval, shareInterval } from './statistics.ts';

/** A share with its uncertainty, and what it was counted over. */
export interface Share {
  readonly share: number;
  readonly interval95: Interval;
  readonly events: number;
  readonly trials: number;
}

/** Events among the trials of one person. */
export interface Group {
  readonly events: number;
  readonly trials: number;
}

/**
 * A share of trials that come in groups: the pictures of one person fail together, so that each new picture tells less
 * than each new person. The variance between groups gives an effective number of trials, and the interval is Wilson's for
 * that number (the manner of Korn and Graubard 1998). Where nothing or everything failed the groups are the trials.
 * `null` without trials.
 *
 * @param repeats how often one and the same fact is counted: 2 where a pair of people shows up at either of them
 */
export function clusteredShare(groups: readonly Group[], repeats = 1): Share | null {
  const counted = groups.filter((group) => group.trials > 0);
  const events = counted.reduce((sum, group) => sum + group.events, 0);
  const trials = counted.reduce((sum, group) => sum + group.trials, 0);
  if (trials === 0) return null;
  const share = events / trials;
  const residues = counted.reduce((sum, group) => sum + (group.events - share * group.trials) ** 2, 0);
  const variance = ((counted.length / Math.max(1, counted.length - 1)) * residues) / trials ** 2;
  const allAlike = share === 0 || share === 1;
  const spread = allAlike ? counted.length : Math.min(trials, (share * (1 - share)) / variance);
  const effective = spread / repeats;
  return { share, interval95: shareInterval(share * effective, effective), events, trials };
}
