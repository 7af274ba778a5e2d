import test from 'ava';
import fc from 'fast-check';
import type { Calibration } from '../../src/domain/calibration.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { loosestFmr, nearestThresholdFor, predictFpir, thresholdFor } from '../../src/gallery/threshold.ts';

const calibration: Calibration = {
  embedder: 'test/1',
  impostorPairs: 29_600_000,
  people: 5749,
  source: 'A made-up set',
  quantiles: [
    { fmr: 1e-2, fmrUpper: 1.2e-2, distance: 0.1 },
    { fmr: 1e-3, fmrUpper: 1.3e-3, distance: 0.073 },
    { fmr: 1e-4, fmrUpper: 1.6e-4, distance: 0.06 },
    { fmr: 1e-5, fmrUpper: 3e-5, distance: 0.049 },
    { fmr: 1e-6, fmrUpper: 1e-5, distance: 0.039 },
  ],
};

test('a hundred templates at one in a hundred need one in ten thousand per comparison', (t) => {
  const { threshold, fmr, predictedFpir, shortfall } = thresholdFor({
    calibration,
    comparisons: 100,
    targetFpir: 0.01,
  });
  t.true(Math.abs(fmr - 1.005e-4) < 1e-6, `${fmr}`);
  t.true(threshold > 0.049 && threshold < 0.06, `${threshold}`);
  t.true(Math.abs(predictedFpir - 0.01) < 1e-9);
  t.is(shortfall, null);
});

test('at a measured point the threshold is the measured distance', (t) => {
  const { threshold } = thresholdFor({ calibration, comparisons: 1, targetFpir: 1.6e-4 });
  t.true(Math.abs(threshold - 0.06) < 1e-9, `${threshold}`);
});

test('never looser than NIST allows, however small the gallery', (t) => {
  for (const comparisons of [0, 1, 2]) {
    const { threshold, fmr } = thresholdFor({ calibration, comparisons, targetFpir: 0.05 });
    t.true(fmr <= loosestFmr);
    t.true(threshold < 0.073);
  }
});

test('a calibration that starts below the NIST floor is used from its loosest point, not beyond', (t) => {
  const strict = { ...calibration, quantiles: calibration.quantiles.slice(2) };
  t.is(thresholdFor({ calibration: strict, comparisons: 1, targetFpir: 0.01 }).threshold, 0.06);
});

test('a target beyond the data says so with the numbers and the mend', (t) => {
  const request = { calibration, comparisons: 5000, targetFpir: 0.001 };
  const error = t.throws(() => thresholdFor(request), { instanceOf: LimenError });
  t.is(error.code, 'calibration.unsupported');
  t.regex(error.message, /5,000 templates.*1 in 4,997,5\d\d.*29,600,000 impostor pairs of 5,749 people.*1 in 100,000/);
  t.regex(error.hint ?? '', /at most 100 templates.*measured on more people.*targetFpir/);
});

test('beyond the data the door goes on at the strictest measured threshold and tells the true risk', (t) => {
  const nearest = nearestThresholdFor({ calibration, comparisons: 5000, targetFpir: 0.001 });
  t.is(nearest.threshold, 0.039);
  t.true(Math.abs(nearest.predictedFpir - 0.0488) < 1e-4, `${nearest.predictedFpir}`);
  t.is(nearest.shortfall?.code, 'calibration.unsupported');
});

test('data that cannot vouch for one in a thousand opens no door at all', (t) => {
  const poor = { ...calibration, quantiles: calibration.quantiles.slice(0, 2) };
  for (const derive of [thresholdFor, nearestThresholdFor]) {
    const error = t.throws(() => derive({ calibration: poor, comparisons: 1, targetFpir: 0.05 }), {
      instanceOf: LimenError,
    });
    t.is(error.code, 'calibration.unsupported');
  }
});

test('figures that contradict themselves are refused', (t) => {
  const [a, b] = calibration.quantiles;
  const quantiles = [[], [b!, a!], [a!, a!], [{ ...a!, fmrUpper: a!.fmr / 2 }], [{ ...a!, distance: Number.NaN }]];
  for (const bad of quantiles) {
    const request = { calibration: { ...calibration, quantiles: bad }, comparisons: 1, targetFpir: 0.01 };
    t.is(t.throws(() => nearestThresholdFor(request), { instanceOf: LimenError }).code, 'pack.invalid');
  }
});

test('more people or a stricter target never loosen the threshold, and the promise is kept', (t) => {
  const comparisons = fc.integer({ min: 0, max: 1_000_000 });
  const target = fc.double({ min: 1e-6, max: 0.05, noNaN: true });
  fc.assert(
    fc.property(comparisons, comparisons, target, target, (n, m, x, y) => {
      const strict = nearestThresholdFor({ calibration, comparisons: Math.max(n, m), targetFpir: Math.min(x, y) });
      const loose = nearestThresholdFor({ calibration, comparisons: Math.min(n, m), targetFpir: Math.max(x, y) });
      t.true(strict.threshold <= loose.threshold + 1e-12);
      if (loose.shortfall === null) t.true(loose.predictedFpir <= Math.max(x, y) * (1 + 1e-9));
    }),
  );
});

test('predicted FPIR stays accurate where 1 − (1 − x)^n would round to zero', (t) => {
  t.true(Math.abs(predictFpir(1e-18, 10) / 1e-17 - 1) < 1e-9);
  t.is(predictFpir(0.5, 0), 0);
  t.is(predictFpir(1, 3), 1);
});
