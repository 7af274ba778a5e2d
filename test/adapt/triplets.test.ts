import test from 'ava';
import fc from 'fast-check';
import { type Mine, mineTriplets } from '../../src/adapt/triplets.ts';

/** Points on a line; rows 0 and 1 are one person, the others are strangers. */
function mine(points: readonly number[], owners: readonly number[], rules: Pick<Mine, 'rule' | 'margin'>) {
  const distances = Float32Array.from(points.flatMap((a) => points.map((b) => (a - b) ** 2)));
  return { distances, triplets: mineTriplets({ distances, owners: Int32Array.from(owners), ...rules }) };
}

test('semi-hard: of the strangers beyond the positive and within the margin, the nearest', (t) => {
  // From 0 the positive is at 1 (1); strangers at 0.5 (0.25: too near), 1.2 (1.44), 1.3 (1.69), 3 (9: nothing to learn).
  const { triplets } = mine([0, 1, 0.5, 1.2, 1.3, 3], [0, 0, 1, 2, 3, 4], { rule: 'semi-hard', margin: 1 });
  t.deepEqual(
    triplets.filter(({ anchor }) => anchor === 0),
    [{ anchor: 0, positive: 1, negative: 3 }],
  );
});

test('hard: the nearest stranger, nearer than the positive or not', (t) => {
  const { triplets } = mine([0, 1, 0.5, 1.2, 1.3, 3], [0, 0, 1, 2, 3, 4], { rule: 'hard', margin: 1 });
  t.deepEqual(
    triplets.filter(({ anchor }) => anchor === 0),
    [{ anchor: 0, positive: 1, negative: 2 }],
  );
});

test('where every stranger is beyond the margin there is nothing to learn', (t) => {
  for (const rule of ['semi-hard', 'hard'] as const) {
    t.deepEqual(mine([0, 1, 5, 9], [0, 0, 1, 2], { rule, margin: 1 }).triplets, []);
  }
});

test('a person with one template is nobody’s anchor, and still a stranger to others', (t) => {
  const { triplets } = mine([0, 1, 1.2], [0, 0, 1], { rule: 'hard', margin: 1 });
  t.true(triplets.every(({ anchor, negative }) => anchor !== 2 && negative === 2));
  t.is(triplets.length, 2);
});

test('every triplet keeps its rule, whatever the points', (t) => {
  const points = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 2, maxLength: 24 });
  fc.assert(
    fc.property(
      points,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('semi-hard', 'hard'),
      (places, people, rule) => {
        const owners = places.map((_, i) => i % people);
        const margin = 0.5;
        const { distances, triplets } = mine(places, owners, { rule, margin });
        for (const { anchor, positive, negative } of triplets) {
          const [apart, away] = [
            distances[anchor * places.length + positive]!,
            distances[anchor * places.length + negative]!,
          ];
          t.true(owners[anchor] === owners[positive] && anchor !== positive && owners[anchor] !== owners[negative]);
          t.true(away < apart + margin);
          if (rule === 'semi-hard') t.true(away > apart);
        }
      },
    ),
  );
});
