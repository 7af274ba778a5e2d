import test from 'ava';
import fc from 'fast-check';
import { fmrBoundAt, impostorCurve, pointAt } from '../../src/gallery/impostor-curve.ts';
import { sphereFigures } from './sphere.ts';

const curve = impostorCurve(sphereFigures);

test('the bound at a distance is the inverse of the distance at a bound', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 1e-5, max: 0.1, noNaN: true }), (fmr) => {
      const { distance } = pointAt(curve, fmr);
      t.true(Math.abs(fmrBoundAt(curve, distance) / fmr - 1) < 1e-9);
    }),
  );
});

test('beyond the data nothing is guessed: looser is certain, stricter as rare as the strictest measured', (t) => {
  t.is(fmrBoundAt(curve, 0.21), 1);
  t.is(fmrBoundAt(curve, 0), 1e-5);
  t.is(pointAt(curve, 1e-9).distance, 2e-5);
  t.is(pointAt(curve, 0.5).distance, 0.2);
});
