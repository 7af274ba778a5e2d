import test from 'ava';
import fc from 'fast-check';
import { bestThreshold, crossValidate, isRight, type Trial } from '../../src/evaluate/folds.ts';

const trial = (same: boolean, distance: number | null, fold = 0): Trial => ({ same, distance, fold });

test('the best threshold lies half-way between the last right and the first wrong', (t) => {
  t.is(bestThreshold([trial(true, 0.1), trial(true, 0.3), trial(false, 0.7), trial(false, 0.9)]), 0.5);
});

test('a picture without a face is wrong in both directions', (t) => {
  t.false(isRight(trial(true, null), 2));
  t.false(isRight(trial(false, null), 2));
});

test('each fold is judged by the threshold of the others', (t) => {
  const trials = [
    trial(true, 0.1, 0),
    trial(false, 0.5, 0),
    // By its own lights this fold would be always right; by the other's 0.3 it errs once.
    trial(true, 0.4, 1),
    trial(false, 0.6, 1),
  ];
  const { folds, accuracy, deviation, right } = crossValidate(trials);
  t.deepEqual(folds, [
    { accuracy: 1, threshold: 0.5 },
    { accuracy: 0.5, threshold: 0.3 },
  ]);
  t.is(accuracy, 0.75);
  t.true(Math.abs(deviation - Math.SQRT1_2 / 2) < 1e-9);
  t.deepEqual(right, [true, true, false, true]);
});

test('separable pairs are all right, unless a face was missed', (t) => {
  const near = fc.array(fc.double({ min: 0, max: 0.4, noNaN: true }), { minLength: 4, maxLength: 20 });
  fc.assert(
    fc.property(near, fc.nat({ max: 3 }), (distances, unseen) => {
      const trials = distances.flatMap((distance, i) => [
        trial(true, distance, i % 2),
        trial(false, 1 + distance, i % 2),
      ]);
      const missed = Array.from({ length: unseen }, (_, i) => trial(i % 2 === 0, null, i % 2));
      const { right } = crossValidate([...trials, ...missed]);
      return right.filter(Boolean).length === trials.length;
    }),
  );
  t.pass();
});
