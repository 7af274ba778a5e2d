import test from 'ava';
import { doubtsAbout } from '../../src/gallery/enrolment-doubts.ts';
import { atAngle, personWith, sphereFigures } from './sphere.ts';

const calibration = sphereFigures;
/** The angle at which 1 − cosine is so much. */
const angleOf = (distance: number) => Math.acos(1 - distance);
const ada = personWith('ada', [atAngle(0)]);

test('somebody new raises no doubt, and the first of all cannot', (t) => {
  const nothing = { same: null, alike: [], odd: [] };
  t.deepEqual(doubtsAbout([atAngle(1), atAngle(1.01)], { people: [ada], calibration }), nothing);
  t.deepEqual(doubtsAbout([atAngle(1)], { people: [], calibration }), nothing);
});

test('one person with two ids is the same; somebody near is alike', (t) => {
  // One comparison: the same up to an FMR of 1 in 1,000, which is a distance of 0.002, and alike no farther.
  const same = doubtsAbout([atAngle(angleOf(0.001))], { people: [ada], calibration });
  t.is(same.same?.person.id, 'ada');
  t.deepEqual(same.alike, []);
  // Twenty people: the same within 1 in 20,000 (0.0001), alike within 1 in 390 or 1 in 1,000, whichever is stricter.
  const people = [ada, ...Array.from({ length: 19 }, (_, i) => personWith(`p${i}`, [atAngle(2 + i / 10)]))];
  const near = doubtsAbout([atAngle(angleOf(0.001))], { people, calibration });
  t.is(near.same, null);
  t.deepEqual(
    near.alike.map(({ person }) => person.id),
    ['ada'],
  );
  t.true(Math.abs(near.alike[0]!.distance - 0.001) < 2e-4);
});

test('the larger the gallery, the nearer somebody must be to be called the same', (t) => {
  const limits = [1, 10, 100].map((count) => {
    const people = [ada, ...Array.from({ length: count - 1 }, (_, i) => personWith(`p${i}`, [atAngle(1 + i / 50)]))];
    return doubtsAbout([atAngle(0)], { people, calibration }).same!.limit;
  });
  t.true(limits[0]! > limits[1]! && limits[1]! > limits[2]!, String(limits));
});

test('a picture of somebody else is odd, those of the person are not; of two that differ both are', (t) => {
  const odd = (...angles: number[]) => doubtsAbout(angles.map(atAngle), { people: [], calibration }).odd;
  t.deepEqual(odd(0, 0.01, 1), [2]);
  t.deepEqual(odd(1, 0, 0.01, 0.02), [0]);
  t.deepEqual(odd(0, 1), [0, 1]);
  t.deepEqual(odd(0), []);
});
