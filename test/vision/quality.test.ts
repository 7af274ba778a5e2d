import test from 'ava';
import type { Face, Landmarks5, Point } from '../../src/domain/face.ts';
import { planes } from '../../src/vision/pixels.ts';
import { type Cutout, judgeQuality, poseOf } from '../../src/vision/quality.ts';
import { defaultGates } from '../support/gates.ts';

const picture = { format: 'rgb24', widthPx: 640, heightPx: 480, data: new Uint8Array() } as const;
const frontal: Landmarks5 = {
  leftEye: at(280, 200),
  rightEye: at(340, 200),
  nose: at(310, 238),
  mouthLeft: at(288, 266),
  mouthRight: at(332, 266),
};
const face: Face = { box: box(250, 150, 120, 150), landmarks: frontal, contour: null, score: 0.9 };

test('a large, sharp, frontal, well-lit face passes', (t) => {
  const quality = judgeQuality(face, chipOf(checked(100, 150)), picture, defaultGates);
  t.deepEqual(quality.failures, []);
  t.is(quality.interEyePx, 60);
  t.true(quality.brightness > 120 && quality.brightness < 130);
  t.true(quality.contrast > 20 && quality.contrast < 30);
});

test('each gate says what is wrong', (t) => {
  const failures = (changed: Partial<Face>, chip: Cutout = chipOf(checked(100, 150))) =>
    judgeQuality({ ...face, ...changed }, chip, picture, defaultGates).failures;
  t.deepEqual(failures({}, chipOf(checked(10, 40))), ['too-dark']);
  t.deepEqual(failures({}, chipOf(checked(225, 255))), ['too-bright']);
  t.deepEqual(
    failures(
      {},
      chipOf(() => 120),
    ),
    ['low-contrast', 'blurred'],
  );
  t.deepEqual(
    failures(
      {},
      chipOf((x) => 60 + x),
    ),
    ['blurred'],
  );
  t.deepEqual(
    failures({ landmarks: { ...frontal, leftEye: at(300, 200), rightEye: at(320, 200) } }).includes('too-small'),
    true,
  );
  t.deepEqual(failures({ landmarks: { ...frontal, nose: at(335, 238) } }), ['turned-away']);
  t.deepEqual(failures({ box: box(-40, 150, 120, 150) }), ['cut-off']);
  t.deepEqual(failures({ box: box(250, 380, 120, 150) }), ['cut-off']);
  t.deepEqual(failures({ contour: [at(300, 485)] }), ['cut-off']);
  t.deepEqual(failures({ box: box(-5, 150, 120, 150) }), []);
});

test('a measurement that is no number passes no gate', (t) => {
  const nowhere = { ...frontal, leftEye: at(Number.NaN, 200) };
  const { failures } = judgeQuality({ ...face, landmarks: nowhere }, chipOf(checked(100, 150)), picture, defaultGates);
  t.true(failures.includes('too-small') && failures.includes('turned-away'));
});

test('the pose has the sign of where the face looks', (t) => {
  const near = (value: number, expected: number) => Math.abs(value - expected) < 3;
  t.true(Object.values(poseOf(frontal)).every((degrees) => near(degrees, 0)));
  t.true(poseOf({ ...frontal, nose: at(325, 238) }).yawDeg > 15);
  t.true(poseOf({ ...frontal, nose: at(295, 238) }).yawDeg < -15);
  t.true(poseOf({ ...frontal, nose: at(310, 252) }).pitchDeg > 15);
  t.true(poseOf({ ...frontal, nose: at(310, 224) }).pitchDeg < -15);
  const tilted = poseOf(turned(frontal, 20));
  t.true(near(tilted.rollDeg, 20) && near(tilted.yawDeg, 0) && near(tilted.pitchDeg, 0));
});

function at(x: number, y: number): Point {
  return { x, y };
}

function box(x: number, y: number, width: number, height: number) {
  return { x, y, width, height };
}

function chipOf(luminance: (x: number, y: number) => number): Cutout {
  const chip = planes(150, 150);
  chip.data.forEach((_, i) => {
    chip.data[i] = luminance(i % 150, Math.floor((i % 22500) / 150));
  });
  return { chip, faceShare: 0.6 };
}

function checked(dark: number, light: number): (x: number, y: number) => number {
  return (x, y) => (((x >> 3) + (y >> 3)) % 2 === 0 ? dark : light);
}

function turned(points: Landmarks5, degrees: number): Landmarks5 {
  const angle = (degrees * Math.PI) / 180;
  const turn = ({ x, y }: Point) =>
    at(x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle));
  return Object.fromEntries(
    Object.entries(points).map(([name, point]) => [name, turn(point)]),
  ) as unknown as Landmarks5;
}
