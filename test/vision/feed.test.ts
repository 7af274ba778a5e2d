import test from 'ava';
import { feed, shapeOf } from '../../src/vision/feed.ts';
import type { InputSpec } from '../../src/vision/network-manifest.ts';
import { planes } from '../../src/vision/pixels.ts';

/** Two pixels: the first 10, 20, 30 and the second 40, 50, 60 (red, green, blue). */
const picture = planes(2, 1, Float32Array.of(10, 40, 20, 50, 30, 60));
const plain: InputSpec = {
  name: 'input',
  layout: 'NCHW',
  channels: 'RGB',
  range: [0, 255],
  norm: { kind: 'none' },
  widthPx: 2,
  heightPx: 1,
};

const cases: Array<[string, Partial<InputSpec>, number[]]> = [
  ['as it is', {}, [10, 40, 20, 50, 30, 60]],
  ['blue first', { channels: 'BGR' }, [30, 60, 20, 50, 10, 40]],
  ['pixel by pixel', { layout: 'NHWC' }, [10, 20, 30, 40, 50, 60]],
  ['pixel by pixel, blue first', { layout: 'NHWC', channels: 'BGR' }, [30, 20, 10, 60, 50, 40]],
  [
    'with a mean and a deviation per channel',
    { norm: { kind: 'fixed', mean: [10, 20, 30], std: [1, 2, 3] } },
    [0, 30, 0, 15, 0, 10],
  ],
  [
    'with a mean in the order of the channels',
    { channels: 'BGR', norm: { kind: 'fixed', mean: [30, 20, 10], std: [3, 2, 1] } },
    [0, 10, 0, 15, 0, 30],
  ],
];

for (const [name, input, expected] of cases) {
  test(`a picture is fed ${name}`, (t) => {
    const out = new Float32Array(6);
    feed(picture, { ...plain, ...input }, out);
    t.deepEqual([...out], expected);
  });
}

test('prewhitening gives mean 0 and deviation 1, and a picture of one colour stays finite', (t) => {
  const out = new Float32Array(6);
  const input: InputSpec = { ...plain, layout: 'NHWC', norm: { kind: 'prewhiten' } };
  feed(picture, input, out);
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  const variance = out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length;
  t.true(Math.abs(mean) < 1e-6, `${mean}`);
  t.true(Math.abs(variance - 1) < 1e-6, `${variance}`);
  feed(planes(2, 1, new Float32Array(6).fill(77)), input, out);
  t.deepEqual([...out], [0, 0, 0, 0, 0, 0]);
});

test('a batch has the shape of its layout', (t) => {
  t.deepEqual(shapeOf(plain, 2), [2, 3, 1, 2]);
  t.deepEqual(shapeOf({ ...plain, layout: 'NHWC' }), [1, 1, 2, 3]);
});
