import test from 'ava';
import { changeDistanceOf, minMarginOf, policyFor, sureDistanceOf } from '../../src/access/policy.ts';
import type { Calibration } from '../../src/domain/calibration.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { loadPack } from '../../src/vision/pack.ts';

const { calibration: shipped } = await loadPack('faceapi');

/** The same distribution in other units: an embedder that spreads strangers wider. */
function spread(by: number, calibration: Calibration): Calibration {
  const quantiles = calibration.quantiles.map((quantile) => ({ ...quantile, distance: quantile.distance * by }));
  return { ...calibration, quantiles };
}

const demands = { targetFpir: 0.01, agreeing: 3, window: 5, decideWithinMs: 2000, liveness: 'off' } as const;

test('the margin to the second person follows the pack, in its own units', (t) => {
  const margin = minMarginOf(shipped!);
  t.true(margin > 0.005 && margin < 0.02, `${margin}`);
  t.true(Math.abs(minMarginOf(spread(7, shipped!)) - 7 * margin) < 1e-9);
});

test('a policy takes the margin of its pack unless the site sets one', (t) => {
  const gallery = Gallery.empty(shipped!.embedder);
  t.is(policyFor(gallery, shipped, demands).policy.minMargin, minMarginOf(shipped!));
  t.is(policyFor(gallery, shipped, { ...demands, minMargin: 0.3 }).policy.minMargin, 0.3);
  t.true(policyFor(gallery, shipped, { ...demands, surroundingsSuffice: true }).policy.surroundingsSuffice);
});

test('figures too few for a slope give a margin that lets nobody in', (t) => {
  t.is(minMarginOf({ ...shipped!, quantiles: shipped!.quantiles.slice(0, 1) }), 1);
  t.is(minMarginOf({ ...shipped!, quantiles: [] }), 1);
});

test('surely one face is nearer than perhaps one face, and as strict as the figures allow', (t) => {
  t.true(sureDistanceOf(shipped!) < changeDistanceOf(shipped!));
  t.is(sureDistanceOf(shipped!), shipped!.quantiles.find(({ fmr }) => fmr <= 1e-3)!.distance);
  const few = { ...shipped!, quantiles: shipped!.quantiles.slice(0, 3) };
  t.is(sureDistanceOf(few), few.quantiles[2]!.distance);
  t.is(sureDistanceOf({ ...shipped!, quantiles: [] }), 0);
});
