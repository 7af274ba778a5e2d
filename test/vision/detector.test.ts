import test from 'ava';
import fc from 'fast-check';
import { intersectionOverUnion } from '../../src/domain/face.ts';
import { type Detection, largestFirst, viewer, withoutOverlaps } from '../../src/vision/detector.ts';
import type { DetectorInput } from '../../src/vision/detector-manifest.ts';
import type { Picture } from '../../src/vision/pixels.ts';

const input: DetectorInput = {
  name: 'input',
  layout: 'NCHW',
  channels: 'RGB',
  range: [0, 255],
  norm: { kind: 'none' },
  widthPx: 64,
  heightPx: 64,
  multipleOfPx: 32,
  dynamic: true,
  nearPx: 32,
  followPx: 32,
};

const detection = (x: number, y: number, width: number, score: number): Detection => ({
  box: { x, y, width, height: width },
  score,
});

test('a box within another is no second face, people side by side are two', (t) => {
  const large = detection(0, 0, 100, 0.7);
  t.deepEqual(withoutOverlaps([large, detection(20, 20, 40, 0.9)], 0.4), [detection(20, 20, 40, 0.9)]);
  t.is(withoutOverlaps([large, detection(90, 0, 100, 0.9)], 0.4).length, 2);
});

const anyDetection = fc.record({
  box: fc.record({
    x: fc.double({ min: -50, max: 600, noNaN: true }),
    y: fc.double({ min: -50, max: 400, noNaN: true }),
    width: fc.double({ min: 1, max: 300, noNaN: true }),
    height: fc.double({ min: 1, max: 300, noNaN: true }),
  }),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('of overlapping boxes the best one stays, whatever their order, and no two that stay overlap', (t) => {
  const property = fc.property(
    fc.uniqueArray(anyDetection, { maxLength: 20, selector: ({ score }) => score }),
    (all) => {
      const kept = withoutOverlaps(all, 0.4);
      t.deepEqual(new Set(withoutOverlaps(all.toReversed(), 0.4)), new Set(kept));
      for (const one of kept) {
        for (const other of kept) t.true(one === other || intersectionOverUnion(one.box, other.box) <= 0.4);
      }
      if (all.length > 0) t.is(kept[0]?.score, Math.max(...all.map(({ score }) => score)));
    },
  );
  fc.assert(property, { numRuns: 50 });
});

test('the largest face comes first', (t) => {
  const [small, large] = [detection(0, 0, 10, 0.9), detection(50, 50, 20, 0.5)];
  t.deepEqual(largestFirst([small, large]), [large, small]);
});

test('a picture of any shape is seen whole, in planes no larger than it needs', (t) => {
  const sides = fc.integer({ min: 16, max: 300 });
  const property = fc.property(sides, sides, (widthPx, heightPx) => {
    const { planes, scale } = viewer(64, input)(plain(widthPx, heightPx, 200));
    t.true(Math.abs(Math.max(widthPx, heightPx) * scale - 64) < 1e-9);
    for (const [planePx, sidePx] of [
      [planes.widthPx, widthPx],
      [planes.heightPx, heightPx],
    ] as const) {
      t.is(planePx % 32, 0);
      t.true(planePx >= sidePx * scale - 0.02 && planePx < sidePx * scale + 32);
    }
    // The last pixel that the picture covers wholly shows it; what lies a pixel beyond it is black.
    const at = (x: number, y: number) => planes.data[y * planes.widthPx + x];
    const [right, bottom] = [Math.floor(widthPx * scale + 1e-6), Math.floor(heightPx * scale + 1e-6)];
    t.is(at(0, 0), 200);
    t.is(at(right - 1, bottom - 1), 200);
    if (bottom + 1 < planes.heightPx) t.is(at(0, bottom + 1), 0);
    if (right + 1 < planes.widthPx) t.is(at(right + 1, 0), 0);
  });
  fc.assert(property, { numRuns: 200 });
});

test('a network of one size gets a square of it', (t) => {
  const { planes } = viewer(64, { ...input, dynamic: false })(plain(64, 32, 9));
  t.deepEqual([planes.widthPx, planes.heightPx], [64, 64]);
});

test('the pictures of one camera share one piece of memory, and leave nothing of each other in it', (t) => {
  const view = viewer(64, input);
  const bright = view(plain(160, 100, 250));
  const dark = view(plain(160, 100, 10));
  t.is(dark.planes.data, bright.planes.data);
  t.is(Math.max(...dark.planes.data), 10);

  const tall = view(plain(100, 160, 10));
  t.not(tall.planes.data, bright.planes.data);
  t.deepEqual([tall.planes.widthPx, tall.planes.heightPx], [64, 64]);
});

function plain(widthPx: number, heightPx: number, value: number): Picture {
  return { format: 'rgb24', widthPx, heightPx, data: new Uint8Array(widthPx * heightPx * 3).fill(value) };
}
