import test from 'ava';
import fc from 'fast-check';
import {
  equalError,
  operatingPointAt,
  ratesBetween,
  reportedRates,
  tarAtFar,
} from '../../src/evaluate/operating-points.ts';
import { scoresOf } from '../../src/evaluate/scores.ts';

/** Distances of comparisons between people who are all different. */
function experimentOf(genuine: readonly number[], impostors: readonly number[], unseen = 0) {
  const alone = (distance: number, i: number) => ({ distance, first: i, second: i });
  const missing = Array.from({ length: unseen }, (_, i) => ({ first: genuine.length + i, second: genuine.length + i }));
  const two = (distance: number, i: number) => ({ distance, first: 2 * i, second: 2 * i + 1 });
  return { genuine: scoresOf(genuine.map(alone), missing), impostors: scoresOf(impostors.map(two)) };
}

test('TAR at FAR by hand: of 10 strangers one may pass', (t) => {
  const impostors = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3];
  const [none, one, all] = tarAtFar(experimentOf([0.1, 0.2, 0.4, 0.55], impostors), [0.05, 0.1, 1]);
  t.deepEqual(none, { threshold: 0.3, far: 0, tar: 0.5 });
  t.deepEqual(one, { threshold: 0.5, far: 0.1, tar: 0.75 });
  t.deepEqual(all, { threshold: Number.POSITIVE_INFINITY, far: 1, tar: 1 });
});

test('a rate that is a whole number of comparisons lets exactly those pass', (t) => {
  const impostors = Array.from({ length: 3000 }, (_, i) => 0.5 + i / 10_000);
  const [point] = tarAtFar(experimentOf([0.1], impostors), [0.001]);
  t.is(Math.round(point!.far * 3000), 3);
});

test('a face that was not found is a rejection, and no stranger kept out', (t) => {
  const { far, tar } = operatingPointAt(1, experimentOf([0.1, 0.2, 0.3], [0.5, 1.5], 1));
  t.is(tar, 0.75);
  t.is(far, 0.5);
});

test('perfect separation has no equal error; total confusion has one half', (t) => {
  t.is(equalError(experimentOf([0.1, 0.2], [0.8, 0.9])).rate, 0);
  t.is(equalError(experimentOf([0.8, 0.9], [0.1, 0.2])).rate, 1);
  t.true(Math.abs(equalError(experimentOf([0.1, 0.2, 0.3, 0.4], [0.15, 0.25, 0.35, 0.45])).rate - 0.5) <= 0.25);
  t.is(equalError(experimentOf([0.1, 0.2, 0.6, 0.3], [0.5, 0.7, 0.8, 0.9])).rate, 0.25);
});

const distances = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 60 });

test('TAR never falls as FAR rises, and no FAR exceeds what was asked for', (t) => {
  fc.assert(
    fc.property(distances, distances, fc.integer({ min: 0, max: 5 }), (genuine, impostors, unseen) => {
      const rates = [0.001, 0.01, 0.05, 0.1, 0.3, 0.7, 1];
      const points = tarAtFar(experimentOf(genuine, impostors, unseen), rates);
      return points.every(
        ({ far, tar }, i) => far <= rates[i]! + 1e-9 && tar <= 1 && (i === 0 || tar >= points[i - 1]!.tar),
      );
    }),
  );
  t.pass();
});

test('separated distributions always have an equal error of 0', (t) => {
  fc.assert(
    fc.property(distances, distances, (genuine, impostors) => {
      const near = genuine.map((distance) => distance / 4);
      const far = impostors.map((distance) => 1 + distance / 4);
      return equalError(experimentOf(near, far)).rate === 0;
    }),
  );
  t.pass();
});

test('a draw counts a comparison as often as its people were drawn', (t) => {
  const experiment = experimentOf([0.1, 0.9], [0.5]);
  t.is(operatingPointAt(0.5, experiment, [3, 1]).tar, 0.75);
  const twice = {
    ...experiment,
    genuine: scoresOf([
      { distance: 0.1, first: 0, second: 0 },
      { distance: 0.9, first: 0, second: 1 },
    ]),
  };
  // The second comparison counts 3 × 2 times.
  t.is(operatingPointAt(0.5, twice, [3, 2]).tar, 3 / 9);
});

test('rates go down in equal steps, as far as the data reach', (t) => {
  t.deepEqual(ratesBetween(0.1, 0.001, 1), [0.1, 0.01, 0.001]);
  t.is(ratesBetween(0.1, 1e-6, 5).length, 26);
  t.deepEqual(reportedRates(900), [0.01, 0.001]);
  t.deepEqual(reportedRates(2_680_205), [0.01, 0.001, 0.0001, 0.00001, 0.000001]);
});
