/** A point near another one. */
export interface Neighbour {
  readonly index: number;
  readonly distance: number;
}

/** What {@link dbscan} needs to know. */
export interface DbscanOptions {
  readonly points: number;
  /** All points within the radius of one, that one included or not, in any order. */
  readonly neighboursOf: (index: number) => readonly Neighbour[];
  /** A point with at least so many points within the radius, itself included, is a core point. */
  readonly minPoints: number;
}

/**
 * Density-based clusters (Ester, Kriegel, Sander and Xu 1996). Returns for each point the number of its cluster, or −1
 * for noise. Clusters are numbered by their first core point.
 *
 * In the paper a border point goes to whichever cluster comes first; here to that of its nearest core point (the first
 * of equals), so that clusters do not depend on the order of the points.
 */
export function dbscan({ points, neighboursOf, minPoints }: DbscanOptions): Int32Array {
  const near = Array.from({ length: points }, (_, i) => neighboursOf(i).filter(({ index }) => index !== i));
  const isCore = near.map((neighbours) => neighbours.length + 1 >= minPoints);
  const labels = new Int32Array(points).fill(-1);
  let clusters = 0;
  for (let start = 0; start < points; start++) {
    if (!isCore[start] || labels[start] !== -1) continue;
    const waiting = [start];
    labels[start] = clusters;
    for (let point = waiting.pop(); point !== undefined; point = waiting.pop()) {
      for (const { index } of near[point]!) {
        if (!isCore[index] || labels[index] !== -1) continue;
        labels[index] = clusters;
        waiting.push(index);
      }
    }
    clusters += 1;
  }
  near.forEach((neighbours, point) => {
    if (isCore[point]) return;
    let nearest = Number.POSITIVE_INFINITY;
    for (const { index, distance } of neighbours) {
      if (!isCore[index] || distance >= nearest) continue;
      nearest = distance;
      labels[point] = labels[index]!;
    }
  });
  return labels;
}
