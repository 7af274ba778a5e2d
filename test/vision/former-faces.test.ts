import test from 'ava';
import { FormerFaces } from '../../src/vision/former-faces.ts';
import { faceAt } from '../support/seen.ts';

const { face } = faceAt({ x: 100 });
const { face: beside } = faceAt({ x: 400 });

test('a face is the one of the picture before that its box overlaps most', (t) => {
  const former = new FormerFaces();
  t.is(former.of(face.box, 0), null);
  former.remember([beside, face], 0);
  t.is(former.of({ ...face.box, x: 120 }, 100), face);
  t.is(former.of({ ...face.box, x: 190 }, 100), null);
});

test('a face of long ago, or of later, is none of the picture before', (t) => {
  const former = new FormerFaces();
  former.remember([face], 1000);
  t.is(former.of(face.box, 1600), null);
  t.is(former.of(face.box, 1000), null);
  t.is(former.of(face.box, 900), null);
  former.remember([], 1100);
  t.is(former.of(face.box, 1200), null);
});
