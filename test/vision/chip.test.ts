import test from 'ava';
import type { Landmarks5, Point } from '../../src/domain/face.ts';
import { mirroredChip, placeChip } from '../../src/vision/chip.ts';
import type { Affine } from '../../src/vision/pixels.ts';

const alignment = { template: 'arcface-5', sizePx: 112 } as const;

test("a face that lies as ArcFace's template does is cut out as it is, at any size of the chip", (t) => {
  for (const sizePx of [112, 160]) {
    const scale = sizePx / 112;
    const place = placeChip({ contour: null, landmarks: faceAt({ x: 200, y: 100 }, 2) }, { ...alignment, sizePx });
    const eye = through(place)({ x: 38.7946 * scale, y: 52.1963 * scale });
    t.true(Math.hypot(eye.x - (200 + 2 * 38.7946), eye.y - (100 + 2 * 52.1963)) < 1e-6, JSON.stringify(eye));
  }
});

test('the mirrored chip has the same middle, and left where right was', (t) => {
  const place = placeChip({ contour: null, landmarks: faceAt({ x: 10, y: 20 }, 1.5) }, alignment);
  const [straight, reflected] = [through(place), through(mirroredChip(place, alignment))];
  for (const [x, y] of [
    [56, 56],
    [0, 0],
    [30, 90],
  ] as const) {
    const [a, b] = [straight({ x, y }), reflected({ x: 112 - x, y })];
    t.true(Math.hypot(a.x - b.x, a.y - b.y) < 1e-9);
  }
});

/** The five points of ArcFace's template, scaled and moved; from the corner of the first pixel. */
function faceAt(shift: Point, scale: number): Landmarks5 {
  const at = (x: number, y: number) => ({ x: shift.x + scale * (x + 0.5), y: shift.y + scale * (y + 0.5) });
  return {
    leftEye: at(38.2946, 51.6963),
    rightEye: at(73.5318, 51.5014),
    nose: at(56.0252, 71.7366),
    mouthLeft: at(41.5493, 92.3655),
    mouthRight: at(70.7299, 92.2041),
  };
}

function through({ xx, xy, x0, yx, yy, y0 }: Affine): (point: Point) => Point {
  return ({ x, y }) => ({ x: xx * x + xy * y + x0, y: yx * x + yy * y + y0 });
}
