import test from 'ava';
import fc from 'fast-check';
import { cosineDistance, type Template } from '../../src/domain/template.ts';
import { averageLinkage, type NearPair } from '../../src/gallery/average-linkage.ts';
import { atAngle } from './sphere.ts';

function grouped(templates: readonly Template[], distance: number): number[][] {
  const pairs = templates.flatMap((one, a) =>
    templates.slice(0, a).flatMap((other, b): NearPair[] => (cosineDistance(one, other) <= distance ? [{ a, b }] : [])),
  );
  return averageLinkage({ templates, pairs, distance });
}

/** 1 − cosine of this angle. */
const apart = (radians: number) => 1 - Math.cos(radians);

test('what is near comes together, what is far stays alone', (t) => {
  const templates = [0, 2, 0.1, 2.05, 4].map(atAngle);
  t.deepEqual(grouped(templates, apart(0.2)), [[0, 2], [1, 3], [4]]);
});

test('nothing, and a single one', (t) => {
  t.deepEqual(grouped([], 1), []);
  t.deepEqual(grouped([atAngle(0)], 1), [[0]]);
});

test('a chain is not one group, as it would be by its nearest pairs', (t) => {
  const templates = [0, 0.1, 0.2, 0.3, 0.4, 0.5].map(atAngle);
  const groups = grouped(templates, apart(0.12));
  t.true(groups.length > 1, JSON.stringify(groups));
  t.true(groups.every((group) => group.length <= 2));
});

test('no two of the groups are near enough to come together, and every point is in one', (t) => {
  const angles = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 25 });
  fc.assert(
    fc.property(angles, fc.double({ min: 0.01, max: 0.8, noNaN: true }), (points, radius) => {
      const templates = points.map(atAngle);
      const groups = grouped(templates, apart(radius));
      t.deepEqual(
        groups.flat().sort((a, b) => a - b),
        points.map((_, i) => i),
      );
      groups.forEach((one, i) => {
        for (const other of groups.slice(0, i)) {
          const distances = one.flatMap((a) => other.map((b) => cosineDistance(templates[a]!, templates[b]!)));
          const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
          t.true(mean > apart(radius) - 1e-9, `${mean}`);
        }
      });
    }),
    { numRuns: 200 },
  );
});

test('the groups do not depend on the order of the points', (t) => {
  const angles = fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 });
  fc.assert(
    fc.property(angles, fc.nat(), (points, seed) => {
      // Irregular steps, so that no two pairs are equally far apart: a tie may go either way.
      const template = (point: number) => atAngle(point / 1000 + Math.sin(point * 12.9898) / 5000);
      const order = points.map((_, i) => i).sort((a, b) => Math.sin(a * seed + a) - Math.sin(b * seed + b));
      const names = (groups: number[][], of: readonly number[]) =>
        groups
          .map((group) =>
            group
              .map((i) => of[i]!)
              .sort((a, b) => a - b)
              .join(' '),
          )
          .sort();
      const shuffled = order.map((i) => points[i]!);
      t.deepEqual(
        names(grouped(points.map(template), apart(0.1)), points),
        names(grouped(shuffled.map(template), apart(0.1)), shuffled),
      );
    }),
    { numRuns: 150 },
  );
});
