/** Three rows: the second shows the person of the first, the third somebody else. */
export interface Triplet {
  readonly anchor: number;
  readonly positive: number;
  readonly negative: number;
}

/**
 * Which stranger is put beside a pair of one person (FaceNet, Schroff et al. 2015, arXiv 1503.03832, §3.2):
 * `semi-hard` the nearest of those that are farther than the positive, but by less than the margin;
 * `hard` the nearest of all.
 */
export type MiningRule = 'semi-hard' | 'hard';

/** What there is to choose from. */
export interface Mine {
  /** `[rows, rows]`: squared Euclidean distances. */
  readonly distances: Float32Array;
  /** `[rows]`: whose each row is. */
  readonly owners: Int32Array;
  /** α: how much farther than the positive the negative should be. */
  readonly margin: number;
  readonly rule: MiningRule;
}

/**
 * One triplet for every ordered pair of one person for which the rule finds a stranger. Pairs whose nearest stranger is
 * farther than the positive by the margin and more have nothing to teach and are left out.
 */
export function mineTriplets({ distances, owners, margin, rule }: Mine): Triplet[] {
  const triplets: Triplet[] = [];
  const count = owners.length;
  for (let anchor = 0; anchor < count; anchor++) {
    const row = distances.subarray(anchor * count, (anchor + 1) * count);
    for (let positive = 0; positive < count; positive++) {
      if (positive === anchor || owners[positive] !== owners[anchor]) continue;
      const apart = row[positive] as number;
      const nearerThan = apart + margin;
      const fartherThan = rule === 'semi-hard' ? apart : Number.NEGATIVE_INFINITY;
      const negative = nearestStranger({ row, owners, owner: owners[anchor] as number, fartherThan, nearerThan });
      if (negative !== null) triplets.push({ anchor, positive, negative });
    }
  }
  return triplets;
}

interface Search {
  readonly row: Float32Array;
  readonly owners: Int32Array;
  readonly owner: number;
  readonly fartherThan: number;
  readonly nearerThan: number;
}

function nearestStranger({ row, owners, owner, fartherThan, nearerThan }: Search): number | null {
  let nearest: number | null = null;
  let least = nearerThan;
  for (let i = 0; i < row.length; i++) {
    const distance = row[i] as number;
    if (distance <= fartherThan || distance >= least || owners[i] === owner) continue;
    nearest = i;
    least = distance;
  }
  return nearest;
}
