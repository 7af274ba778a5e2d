import test from 'ava';
import { calibrationFrom } from '../../src/evaluate/impostors.ts';
import { verify, verifyAll } from '../../src/evaluate/verification.ts';
import { madeUp } from './people.ts';

const people = madeUp(30, { pictures: 2, noise: 0.4 });
const subjects = people.flatMap((pictures, person) => pictures.map((template) => ({ person, template })));
/** Each person with themselves, and with the next one. */
const pairs = people.flatMap((_, i) => [
  { a: 2 * i, b: 2 * i + 1, fold: i % 3 },
  { a: 2 * i, b: 2 * ((i + 1) % 30), fold: i % 3 },
]);

test('people who are shared between pairs are drawn, not pairs', (t) => {
  const { figures } = verify(subjects, pairs, 50);
  t.is(figures.resampled, 'people');
  t.deepEqual([figures.pairs, figures.genuine, figures.impostors, figures.people], [60, 30, 30, 30]);
  t.is(figures.folds.length, 3);
  const [low, high] = figures.accuracyInterval95;
  t.true(low <= figures.accuracy && figures.accuracy <= high);
});

test('pairs of which no two share a person are drawn as pairs', (t) => {
  const apart = people.slice(0, 10).map((_, i) => ({ a: 2 * i, b: 2 * i + 1, fold: i % 2 }));
  const strangers = Array.from({ length: 10 }, (_, i) => ({ a: 20 + 4 * i, b: 22 + 4 * i, fold: i % 2 }));
  t.is(verify(subjects, [...apart, ...strangers], 20).figures.resampled, 'pairs');
});

test('a picture without a face makes all of its pairs wrong and lets no stranger count', (t) => {
  const whole = verify(subjects, pairs, 20).figures;
  const unseen = verify(
    subjects.map((one, i) => (i === 0 ? { ...one, template: null } : one)),
    pairs,
    20,
  ).figures;
  t.is(unseen.pairsWithoutFace, 3);
  t.is(unseen.genuine, whole.genuine);
  t.is(unseen.impostors, whole.impostors - 2);
  t.true(unseen.accuracy <= whole.accuracy - 2.9 / 60);
});

test('all against all says what the pack promised beside what happened', (t) => {
  const calibration = calibrationFrom(madeUp(300, { seed: 9, noise: 0.4 }).flat(), {
    embedder: 'made-up/1',
    source: 'made up',
  });
  const { figures, band } = verifyAll(subjects, { calibration, rounds: 50 });
  t.true(figures.promises!.length >= 2);
  for (const { farInterval95, far, promisedFmr, threshold } of figures.promises!) {
    t.true(farInterval95[0] <= far && far <= farInterval95[1]);
    t.true(promisedFmr > 0 && threshold > 0);
  }
  for (const { tar, interval95 } of figures.tarAtFar)
    t.true(interval95[0] <= tar + 1e-9 && tar <= interval95[1] + 1e-9);
  t.true(band.length >= figures.tarAtFar.length);
  t.is(verifyAll(subjects, { rounds: 5 }).figures.promises, null);
});

test('one person alone, or nobody twice, is no experiment', (t) => {
  t.throws(() => verifyAll(subjects.slice(0, 2)), { code: 'evaluate.too-little' });
  t.throws(() => verifyAll(subjects.filter((_, i) => i % 2 === 0)), { code: 'evaluate.too-little' });
  t.throws(() => verifyAll(subjects.map((one) => ({ ...one, template: null }))), { code: 'evaluate.too-little' });
});
