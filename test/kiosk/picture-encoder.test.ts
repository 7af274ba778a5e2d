import test from 'ava';
import sharp from 'sharp';
import type { Frame } from '../../src/domain/frame.ts';
import { workerEncoder } from '../../src/kiosk/picture-encoder.ts';
import { rgbOf } from '../../src/kiosk/rgb.ts';
import { bytesOf, pictures } from '../support/people.ts';

/** One colour in BT.601, video range. */
function yuv(widthPx: number, heightPx: number, [y, u, v]: [number, number, number]): Frame & { format: 'yuv420p' } {
  const data = new Uint8Array(widthPx * heightPx * 1.5);
  const pixels = widthPx * heightPx;
  data
    .fill(y, 0, pixels)
    .fill(u, pixels, pixels * 1.25)
    .fill(v, pixels * 1.25);
  return { id: 1, capturedAtMs: 0, format: 'yuv420p', widthPx, heightPx, data } as Frame & { format: 'yuv420p' };
}

test('colours of BT.601 come out as they are', (t) => {
  for (const [colour, rgb] of [
    [
      [16, 128, 128],
      [0, 0, 0],
    ],
    [
      [235, 128, 128],
      [255, 255, 255],
    ],
    [
      [81, 90, 240],
      [255, 0, 0],
    ],
    [
      [145, 54, 34],
      [0, 255, 0],
    ],
    [
      [41, 240, 110],
      [0, 0, 255],
    ],
  ] as const) {
    const { data } = rgbOf(yuv(4, 2, [...colour]), 640);
    t.is(data.length, 24);
    for (let i = 0; i < 3; i++) t.true(Math.abs(data[i]! - rgb[i]!) <= 2, `${colour}: ${data.subarray(0, 3)}`);
  }
});

test('raw frames and large pictures become small JPEGs in a thread, which ends with its last user', async (t) => {
  const encoder = workerEncoder();
  t.teardown(() => encoder.close());
  const small = await sharp((await encoder.encode(yuv(1280, 720, [81, 90, 240])))!).metadata();
  t.like(small, { format: 'jpeg', width: 640, height: 360 });
  const large = await sharp(bytesOf(pictures[0]!.file)).resize(2000).jpeg().toBuffer();
  const frame: Frame = { id: 2, capturedAtMs: 0, format: 'jpeg', data: new Uint8Array(large) };
  t.is((await sharp((await encoder.encode(frame))!).metadata()).width, 640);
  const broken: Frame = { id: 3, capturedAtMs: 0, format: 'jpeg', data: new Uint8Array(400) };
  t.is(await encoder.encode(broken), null);
  t.not(await encoder.encode(yuv(64, 48, [81, 90, 240])), null);
});
