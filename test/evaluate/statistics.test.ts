import test from 'ava';
import fc from 'fast-check';
import { bootstrap, poissonUpper, seeded, shareInterval, shuffled, spread } from '../../src/evaluate/statistics.ts';

test('mean and sample deviation of a few numbers', (t) => {
  t.deepEqual(spread([2, 4, 6]), { mean: 4, deviation: 2 });
  t.deepEqual(spread([0.5]), { mean: 0.5, deviation: 0 });
});

test("the Poisson bound agrees with the chi-square's tables", (t) => {
  // Upper 95 % bounds after 0, 1, 10 and 100 events (Garwood 1936).
  for (const [count, bound] of [
    [0, 2.996],
    [1, 4.744],
    [10, 16.962],
    [100, 118.08],
  ] as const) {
    t.true(Math.abs(poissonUpper(count) - bound) < 0.01 * bound, `${count}: ${poissonUpper(count)}`);
  }
});

test("Wilson's interval, by hand", (t) => {
  const [low, high] = shareInterval(8, 10);
  t.true(Math.abs(low - 0.4902) < 1e-3 && Math.abs(high - 0.9433) < 1e-3, `${low} ${high}`);
  t.deepEqual(shareInterval(0, 0), [0, 1]);
  t.is(shareInterval(0, 100)[0], 0);
  t.true(Math.abs(shareInterval(0, 100)[1] - 0.037) < 1e-3);
});

test('an interval holds its share and stays within 0 and 1', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
      const events = Math.round(share * trials);
      const [low, high] = shareInterval(events, trials);
      return low >= 0 && high <= 1 && low <= events / trials && high >= events / trials;
    }),
  );
  t.pass();
});

test('a bootstrap over people covers the truth about as often as it says', (t) => {
  const random = seeded(7);
  let covered = 0;
  const experiments = 200;
  for (let i = 0; i < experiments; i++) {
    const values = Array.from({ length: 60 }, () => (random() < 0.3 ? 1 : 0) as number);
    const [interval] = bootstrap(60, (draw) => [values.reduce((sum, value, j) => sum + value * draw[j]!, 0) / 60], {
      rounds: 200,
      seed: i,
    });
    if (interval![0] <= 0.3 && interval![1] >= 0.3) covered += 1;
  }
  t.true(covered / experiments > 0.88, `${covered} of ${experiments}`);
});

test('the same seed gives the same figures', (t) => {
  const once = () => bootstrap(20, (draw) => [draw[0]!]);
  t.deepEqual(once(), once());
  t.deepEqual(shuffled([1, 2, 3, 4, 5], seeded(3)), shuffled([1, 2, 3, 4, 5], seeded(3)));
});
