import test from 'ava';
import type { RawFrame } from '../../src/domain/frame.ts';
import { type Affine, type Picture, planes, viewOf, warp } from '../../src/vision/pixels.ts';
import { toYuv420 } from '../support/pictures.ts';

const still: Affine = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
const shrunk = (by: number): Affine => ({ ...still, xx: by, yy: by });

test('a picture sampled in place comes back, as planes', (t) => {
  const picture = drawn(5, 4, (x, y, channel) => 40 * x + 7 * y + 20 * channel);
  const out = planes(5, 4);
  warp(picture, still, out);
  const expected = [0, 1, 2].flatMap((channel) => Array.from({ length: 20 }, (_, i) => picture.data[3 * i + channel]!));
  t.deepEqual([...out.data], expected);
});

test('between two pixels lies their mean, and outside of the picture it is black', (t) => {
  const out = planes(4, 1);
  warp(
    drawn(4, 1, (x) => 60 * x),
    { ...still, x0: 0.5 },
    out,
  );
  t.deepEqual([...out.data.subarray(0, 4)], [30, 90, 150, 180]);
  warp(
    drawn(4, 1, () => 200),
    { ...still, x0: 2 },
    out,
  );
  t.deepEqual([...out.data.subarray(0, 4)], [200, 200, 0, 0]);
});

test('what was written before is gone', (t) => {
  const out = planes(2, 2);
  out.data.fill(99);
  warp(
    drawn(2, 2, () => 0),
    still,
    out,
  );
  t.true(out.data.every((value) => value === 0));
});

test('fine detail of a large picture averages out instead of flickering', (t) => {
  const stripes = drawn(64, 64, (x) => (x % 2) * 200);
  for (const by of [2, 3, 4]) {
    const out = planes(8, 8);
    warp(stripes, shrunk(by), out);
    for (const value of out.data) t.true(Math.abs(value - 100) <= 34, `${value} at ${by}`);
  }
});

test('a thinned picture is nearly what careful sampling would have given, and black beyond it', (t) => {
  const smooth = drawn(80, 60, (x, y, channel) => 20 + 2 * x + y + 5 * channel);
  for (const picture of [smooth, toYuv420(smooth)]) {
    for (const step of [2, 2.5, 5]) {
      const view = viewOf(picture, 1 / step, { widthPx: 64, heightPx: 32 });
      view.draw(picture);
      const expected = planes(64, 32);
      warp(picture, shrunk(step), expected);
      for (let at = 0; at < expected.data.length; at++) {
        const [column, row] = [at % 64, Math.floor(at / 64) % 32];
        const isWithin = (column + 1) * step <= 80 && (row + 1) * step <= 60;
        if (isWithin)
          t.true(Math.abs(view.planes.data[at]! - expected.data[at]!) < 4, `${picture.format} ${step} ${at}`);
        if (column * step >= 80 || row * step >= 60) t.is(view.planes.data[at], 0);
      }
    }
  }
});

test('the noise of a sensor averages out in a thinned picture', (t) => {
  const noise = drawn(64, 64, (x, y, channel) => Math.imul(x + 64 * y + 5000 * channel + 1, 0x9e3779b1) >>> 24);
  for (const by of [2, 3, 4]) {
    const view = viewOf(noise, 1 / by, { widthPx: 64 / 2, heightPx: 64 / 2 });
    view.draw(noise);
    const inner = view.planes.data.subarray(0, 16);
    t.true(varianceOf(inner) < 0.5 * varianceOf(noise.data), `at ${by}`);
  }
});

function varianceOf(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
}

test('a quarter turn brings the right column to the top row', (t) => {
  const out = planes(2, 2);
  warp(
    drawn(2, 2, (x, y) => 10 + x + 2 * y),
    { xx: 0, xy: -1, x0: 2, yx: 1, yy: 0, y0: 0 },
    out,
  );
  t.deepEqual([...out.data.subarray(0, 4)], [11, 13, 10, 12]);
});

test('YUV shows the same colours as RGB', (t) => {
  const rgb = drawn(16, 12, (x, y, channel) => [30 + 12 * (x >> 1), 200 - 10 * (y >> 1), 90][channel]!);
  for (const place of [still, shrunk(2), { ...still, x0: 1.3, y0: 0.7 }]) {
    const [a, b] = [planes(6, 5), planes(6, 5)];
    warp(rgb, place, a);
    warp(toYuv420(rgb), place, b);
    // A colour is known per two by two pixels, so between them it may be off by half a step.
    a.data.forEach((value, i) => {
      t.true(Math.abs(value - b.data[i]!) < 10, `${value} and ${b.data[i]} at ${i}`);
    });
  }
});

function drawn(
  widthPx: number,
  heightPx: number,
  value: (x: number, y: number, channel: number) => number,
): Picture & RawFrame {
  const data = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return value(pixel % widthPx, Math.floor(pixel / widthPx), i % 3);
  });
  return { id: 0, capturedAtMs: 0, format: 'rgb24', widthPx, heightPx, data };
}
