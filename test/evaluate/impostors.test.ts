import test from 'ava';
import { cosineDistance } from '../../src/domain/template.ts';
import { calibrationFrom, closestPairs, impostorQuantiles } from '../../src/evaluate/impostors.ts';
import { nearestThresholdFor } from '../../src/gallery/threshold.ts';
import { madeUp } from './people.ts';

const templates = madeUp(150).flat();
const options = { embedder: 'made-up/1', source: 'made-up people' };

test('a quantile is the distance that so many of all pairs stay within', (t) => {
  const distances = templates
    .flatMap((a, i) => templates.slice(0, i).map((b) => cosineDistance(a, b)))
    .sort((a, b) => a - b);
  const pairs = (150 * 149) / 2;
  t.is(distances.length, pairs);
  for (const { fmr, fmrUpper, distance } of impostorQuantiles(templates, [0.1, 0.01, 0.001])) {
    t.true(Math.abs(distance - distances[Math.round(fmr * pairs) - 1]!) < 1e-9);
    t.true(fmrUpper > fmr);
  }
});

test('one person who is near everybody widens the bound: pairs share people', (t) => {
  const alike = madeUp(150, { seed: 5 }).flat();
  const [plain] = impostorQuantiles(alike, [0.01]);
  // The same person many times over: hundreds of close pairs, all of them that one person's.
  const crowded = [...alike.slice(0, 140), ...Array.from({ length: 10 }, () => alike[0]!)];
  const [shared] = impostorQuantiles(crowded, [0.01]);
  t.true(shared!.fmrUpper > plain!.fmrUpper, `${shared!.fmrUpper} ${plain!.fmrUpper}`);
});

test('the promised bound holds for other people of the same kind', (t) => {
  let [kept, promised] = [0, 0];
  for (let seed = 10; seed < 30; seed++) {
    const others = madeUp(200, { seed: seed + 100 }).flat();
    for (const { fmrUpper, distance } of impostorQuantiles(madeUp(120, { seed }).flat(), [0.05, 0.01])) {
      const close = others.flatMap((a, i) => others.slice(0, i).filter((b) => cosineDistance(a, b) <= distance)).length;
      promised += 1;
      if (close / ((200 * 199) / 2) <= fmrUpper) kept += 1;
    }
  }
  t.true(kept / promised >= 0.85, `${kept} of ${promised}`);
});

test('a calibration carries what a threshold is derived from, and only rates with three pairs behind them', (t) => {
  const calibration = calibrationFrom(templates, options);
  t.is(calibration.people, 150);
  t.is(calibration.impostorPairs, (150 * 149) / 2);
  t.true(calibration.quantiles.every(({ fmr }) => fmr * calibration.impostorPairs >= 2.5));
  t.true(calibration.quantiles.every(({ distance }, i, all) => i === 0 || distance < all[i - 1]!.distance));
  t.true(nearestThresholdFor({ calibration, comparisons: 1, targetFpir: 0.01 }).threshold > 0);
});

test('one person under two names is shown, and makes no threshold', (t) => {
  const twice = [...templates, templates[7]!];
  const [[a, b, distance]] = closestPairs(twice, 1) as [[number, number, number]];
  t.deepEqual(
    [a, b].sort((x, y) => x - y),
    [7, 150],
  );
  t.true(distance < 1e-6);
  t.true(calibrationFrom(twice, options).quantiles.every((quantile) => quantile.distance > 0.01));
});

test('too few people give no figures', (t) => {
  const error = t.throws(() => calibrationFrom(templates.slice(0, 99), options), { code: 'evaluate.too-little' });
  t.regex(error!.message, /99 people only/);
});
