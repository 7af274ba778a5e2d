import test from 'ava';
import fc from 'fast-check';
import type { Box, Point } from '../../src/domain/face.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { bySize, type FaceOutcome, judgePicture, type TrueFace } from '../../src/evaluate/detection.ts';

const box = (x: number, y: number, side: number): Box => ({ x, y, width: side, height: side });
const at = (x: number, y: number): Point => ({ x, y });

function known(truth: Box, person = 'ada'): TrueFace {
  return { person, box: truth, eyes: [at(truth.x + 30, truth.y + 40), at(truth.x + 70, truth.y + 40)] };
}

function found(seen: Box, leftEye: Point, rightEye: Point): Sighting {
  const [nose, mouthLeft, mouthRight] = [at(0, 0), at(0, 0), at(0, 0)];
  const landmarks = { leftEye, rightEye, nose, mouthLeft, mouthRight };
  return { face: { box: seen, landmarks, contour: null, score: 1 } } as unknown as Sighting;
}

test('a found face tells how far its eyes are off, as a share of the distance between them', (t) => {
  const { faces, falseFaces } = judgePicture([known(box(0, 0, 100))], [found(box(5, 5, 100), at(34, 40), at(70, 48))]);
  t.is(falseFaces, 0);
  t.deepEqual(faces, [{ person: 'ada', widthPx: 100, found: true, eyeError: (4 + 8) / 2 / 40 }]);
});

test('one reported face answers for one known face, and the rest are false', (t) => {
  const both = [known(box(0, 0, 100), 'ada'), known(box(200, 0, 100), 'bo')];
  const { faces, falseFaces } = judgePicture(both, [
    found(box(0, 0, 100), at(30, 40), at(70, 40)),
    found(box(10, 0, 100), at(30, 40), at(70, 40)),
    found(box(500, 500, 100), at(0, 0), at(1, 1)),
  ]);
  t.deepEqual(
    faces.map((face) => face.found),
    [true, false],
  );
  t.is(faces[0]!.eyeError, 0);
  t.is(faces[1]!.eyeError, null);
  t.is(falseFaces, 2);
});

test('a box of another size is another thing', (t) => {
  t.false(judgePicture([known(box(0, 0, 100))], [found(box(40, 40, 20), at(0, 0), at(1, 1))]).faces[0]!.found);
  t.false(judgePicture([known(box(0, 0, 100))], [found(box(-100, -100, 300), at(0, 0), at(1, 1))]).faces[0]!.found);
});

test('every face falls into exactly one size, and the recalls add up', (t) => {
  const outcome = fc.record({
    person: fc.constantFrom('ada', 'bo', 'cy'),
    widthPx: fc.double({ min: 10, max: 600, noNaN: true }),
    found: fc.boolean(),
    eyeError: fc.constant(null),
  });
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 50 }), (outcomes: FaceOutcome[]) => {
      const bins = bySize(outcomes);
      const faces = bins.reduce((sum, bin) => sum + bin.faces, 0);
      const hits = bins.reduce((sum, bin) => sum + bin.recall * bin.faces, 0);
      return faces === outcomes.length && Math.round(hits) === outcomes.filter((one) => one.found).length;
    }),
  );
  t.pass();
});
