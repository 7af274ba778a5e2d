import test from 'ava';
import fc from 'fast-check';
import { fuseLiveness } from '../../src/access/liveness-fusion.ts';
import type { Liveness } from '../../src/domain/sighting.ts';

const said = (score: number): Liveness => ({ score, live: score >= 0.5, threshold: 0.5, parts: {} });
const nothing = { still: 0, moving: 0 };
const alone = { surroundingsSuffice: true };

test('nothing judged is not alive', (t) => {
  t.deepEqual(fuseLiveness([], nothing), { score: null, live: false });
  t.deepEqual(fuseLiveness([null, null], { still: 3, moving: 0 }, alone), { score: null, live: false });
});

test('a network that never gave a score is not replaced by still surroundings', (t) => {
  for (const scores of [[], [null], [null, null, null]]) {
    t.deepEqual(fuseLiveness(scores, { still: 50, moving: 0 }), { score: null, live: false });
  }
});

test('a sighting without a score among others that have one makes it no score at all', (t) => {
  t.deepEqual(fuseLiveness([said(0.99), null, said(0.99)], { still: 50, moving: 0 }), { score: null, live: false });
});

test('one doubtful frame among good ones is forgiven, a sure artefact among doubtful ones is not', (t) => {
  t.true(fuseLiveness([said(0.97), said(0.3), said(0.95)], nothing).live);
  t.false(fuseLiveness([said(0.6), said(0.001), said(0.6), said(0.6)], nothing).live);
});

test('surroundings that moved along overrule networks that are sure', (t) => {
  t.false(fuseLiveness([said(1), said(1), said(1)], { still: 2, moving: 20 }).live);
});

test('surroundings that stayed do not overrule networks that see an artefact', (t) => {
  t.false(fuseLiveness([said(0.02), said(0.1)], { still: 200, moving: 0 }).live);
});

test('without networks, surroundings that stayed are enough, and a passer-by behind is forgiven', (t) => {
  t.true(fuseLiveness([null, null], { still: 20, moving: 0 }, alone).live);
  t.true(fuseLiveness([null, null], { still: 20, moving: 4 }, alone).live);
});

test('what is no number is not alive', (t) => {
  t.false(fuseLiveness([said(Number.NaN), said(0.99)], nothing).live);
});

test('more doubt never makes anything more alive', (t) => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  const looks = fc.record({ still: fc.nat(100), moving: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(score, { minLength: 1, maxLength: 20 }), looks, score, (scores, seen, worse) => {
      const before = fuseLiveness(scores.map(said), seen);
      const lowered = scores.map((one, i) => (i === 0 ? Math.min(one, worse) : one));
      const after = fuseLiveness(lowered.map(said), { ...seen, moving: seen.moving + 1 });
      // More looks can make the surroundings speak at all; where they already did, they only speak more against life.
      if (seen.still + seen.moving >= 4) t.false(after.live && !before.live);
    }),
  );
});
