import test from 'ava';
import fc from 'fast-check';
import type { Point } from '../../src/domain/face.ts';
import { chipPlace, mirroredAt, similarityBetween, symmetryAxisPx } from '../../src/vision/align.ts';
import type { Affine } from '../../src/vision/pixels.ts';

const alignment = { template: 'dlib-chip-68', sizePx: 150, paddingRatio: 0.25 } as const;
const coordinate = fc.double({ min: -200, max: 200, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });

test('the transform that moved some points is found again', (t) => {
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 3, maxLength: 20 }).filter(spreadOut),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      point,
      (points, scale, turn, shift) => {
        const moved: Affine = {
          xx: scale * Math.cos(turn),
          xy: -scale * Math.sin(turn),
          x0: shift.x,
          yx: scale * Math.sin(turn),
          yy: scale * Math.cos(turn),
          y0: shift.y,
        };
        const found = similarityBetween(points, points.map(through(moved)));
        for (const p of points) {
          const [a, b] = [through(moved)(p), through(found)(p)];
          t.true(Math.hypot(a.x - b.x, a.y - b.y) < 1e-6);
        }
      },
    ),
  );
});

test('one wrong point moves the chip a little, it does not turn it over', (t) => {
  const square = [at(0, 0), at(10, 0), at(10, 10), at(0, 10)];
  const found = similarityBetween(square, [at(0, 0), at(10, 0), at(10, 10), at(4, 10)]);
  t.true(Math.abs(found.xx - 1) <= 0.1 && Math.abs(found.yx) <= 0.1, JSON.stringify(found));
});

test("a face that lies as dlib's mean face does is cut out as it is, eyes and all", (t) => {
  // The eye centres that dlib's own constants give for its 150 px chip.
  const place = chipPlace(frontalFace(), alignment);
  const [leftEye, rightEye] = [through(place)(at(48.05, 47.1)), through(place)(at(100.98, 47.1))];
  t.true(Math.hypot(leftEye.x - 148.05, leftEye.y - 247.1) < 0.1, JSON.stringify(leftEye));
  t.true(Math.hypot(rightEye.x - 200.98, rightEye.y - 247.1) < 0.1, JSON.stringify(rightEye));
});

test('a face turned, resized and moved in its picture is cut out as before', (t) => {
  const turns = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), turns, point, (scale, turn, shift) => {
      const [cosine, sine] = [scale * Math.cos(turn), scale * Math.sin(turn)];
      const moved = through({ xx: cosine, xy: -sine, x0: shift.x, yx: sine, yy: cosine, y0: shift.y });
      const before = through(chipPlace(frontalFace(), alignment));
      const after = through(chipPlace(frontalFace().map(moved), alignment));
      for (const corner of [at(0, 0), at(150, 0), at(75, 75), at(0, 150)]) {
        const [wanted, found] = [moved(before(corner)), after(corner)];
        t.true(Math.hypot(wanted.x - found.x, wanted.y - found.y) < 1e-6 * Math.max(1, scale));
      }
    }),
  );
});

test('the mirrored chip shows the left eye where the right one was', (t) => {
  const place = chipPlace(frontalFace(), alignment);
  const [straight, reflected] = [through(place), through(mirroredAt(place, symmetryAxisPx(alignment)))];
  const [leftEye, rightEye] = [at(48.05, 47.1), at(100.98, 47.1)];
  t.true(Math.hypot(straight(leftEye).x - reflected(rightEye).x, straight(leftEye).y - reflected(rightEye).y) < 0.1);
});

/** dlib's mean face on a 150 px chip with padding 0.25, moved by (100, 200). */
function frontalFace(): Point[] {
  // biome-ignore format: a table
  const shares = [
    [27, .490127, .203352], [28, .490127, .307009], [29, .490127, .409805], [30, .490127, .515625], [31, .36688, .587326],
    [32, .426036, .609345], [33, .490127, .628106], [34, .554217, .609345], [35, .613373, .587326], [36, .121737, .216423],
    [37, .187122, .178758], [38, .265825, .179852], [39, .334606, .231733], [40, .260918, .245099], [41, .182743, .244077],
    [42, .645647, .231733], [43, .714428, .179852], [44, .793132, .178758], [45, .858516, .216423], [46, .79751, .244077],
    [47, .719335, .245099], [48, .254149, .780233], [49, .340985, .745405], [50, .428858, .727388], [51, .490127, .742578],
    [52, .551395, .727388], [53, .639268, .745405], [54, .726104, .780233], [60, .290379, .784792], [61, .428096, .778746],
    [62, .490127, .785343], [63, .552157, .778746], [64, .689874, .784792],
  ] as const;
  const contour: Point[] = Array.from({ length: 68 }, () => at(0, 0));
  for (const [i, x, y] of shares) contour[i] = at(100.5 + (0.25 + x) * 100, 200.5 + (0.25 + y) * 100);
  return contour;
}

function at(x: number, y: number): Point {
  return { x, y };
}

function through({ xx, xy, x0, yx, yy, y0 }: Affine): (p: Point) => Point {
  return ({ x, y }) => ({ x: xx * x + xy * y + x0, y: yx * x + yy * y + y0 });
}

function spreadOut(points: readonly Point[]): boolean {
  return points.some((p) => points.some((q) => Math.hypot(p.x - q.x, p.y - q.y) > 1));
}
