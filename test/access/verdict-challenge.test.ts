import test from 'ava';
import { restTrack, type Track, Tracker } from '../../src/access/tracker.ts';
import { decide, type VerdictPolicy } from '../../src/access/verdict.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';

const model = 'test/1';
const ann = templateFrom(model, [1, 0, 0, 0]);
const person = { id: 'ann', name: 'Ann', templates: [ann], groups: [], validFrom: null, validUntil: null, version: 1 };
const gallery = Gallery.from({ lineage: 'l', version: 1, embedder: model, people: [person], erased: {} });
const policy: VerdictPolicy = {
  threshold: 0.1,
  minMargin: 0.05,
  agreeing: 3,
  window: 5,
  decideWithinMs: 2000,
  liveness: 'off',
  challenge: 'blink',
  challengeWithinMs: 4000,
};

interface Shown {
  readonly eyes?: number;
  readonly yawDeg?: number;
  readonly template?: Template | null;
  readonly turnedAway?: boolean;
}

function sighting({ eyes = 0.95, yawDeg = 0, template = ann, turnedAway = false }: Shown): Sighting {
  const at = { x: 0, y: 0 };
  return {
    face: {
      box: { x: 100, y: 100, width: 100, height: 120 },
      landmarks: { leftEye: at, rightEye: at, nose: at, mouthLeft: at, mouthRight: at },
      contour: null,
      score: 0.9,
    },
    quality: {
      interEyePx: 60,
      sharpness: 100,
      yawDeg,
      pitchDeg: 0,
      rollDeg: 0,
      brightness: 120,
      contrast: 40,
      failures: turnedAway ? ['turned-away'] : [],
    },
    liveness: null,
    signs: { still: 0, moving: 0, eyes, nose: 0.95 },
    template: turnedAway ? null : template,
  };
}

/** Show frames 100 ms apart; `chance` decides which task is drawn. */
function follow(frames: readonly Shown[], chance = 0): Track {
  const tracker = new Tracker({ window: 5, changeDistance: 0.5, random: () => chance });
  const timings = { decodeMs: 0, detectMs: 0, landmarksMs: 0, embedMs: 0 };
  const updates = frames.map((shown, i) =>
    tracker.follow({
      frameId: i,
      capturedAtMs: i * 100,
      widthPx: 640,
      heightPx: 480,
      sightings: [sighting(shown)],
      timings,
    }),
  );
  return updates.at(-1)!.seen[0]!;
}

const judge = (track: Track, more: Partial<VerdictPolicy> = {}, nowMs = track.lastSeenMs) =>
  decide(track, { gallery, policy: { ...policy, ...more }, nowMs, now: new Date('2026-11-24T08:00:00Z') });
const calm = (count: number): Shown[] => Array.from({ length: count }, () => ({}));

test('whoever matches is asked to blink, and let in after it', (t) => {
  t.deepEqual(judge(follow(calm(6))), { kind: 'undecided', guidance: 'blink' });
  const verdict = judge(follow([...calm(4), { eyes: 0.1 }, ...calm(3)]));
  t.like(verdict, { kind: 'grant', personId: 'ann' });
  t.deepEqual(verdict.kind === 'grant' && verdict.evidence.challenge, { task: 'blink', met: true });
});

test('whoever does not answer in time is refused, known or not, and not before', (t) => {
  const track = follow(calm(6));
  t.is(judge(track, {}, 3999).kind, 'undecided');
  t.like(judge(track, {}, 4000), { kind: 'deny', reason: 'challenge-failed', personId: 'ann' });
});

test('whoever turns the head as asked is not told to look at the camera', (t) => {
  const turning = follow([...calm(4), { yawDeg: 45, turnedAway: true }], 0);
  t.like(judge(turning, { challenge: 'turn' }), { guidance: 'turn-left' });
});

test('whoever turns the head as asked is not called unknown while it is turned, and is in the end', (t) => {
  const aside = { yawDeg: 25, template: templateFrom(model, [1, 0.8, 0, 0]) };
  const turning = follow([...calm(25), ...Array.from({ length: 5 }, () => aside)]);
  t.is(judge(turning, { challenge: 'turn' }).kind, 'undecided');
  t.like(judge(turning, { challenge: 'turn' }, 4000), { kind: 'deny', reason: 'unknown' });
  t.like(judge(turning, { challenge: 'blink' }), { kind: 'deny', reason: 'unknown' });
  const back = follow([...calm(25), ...Array.from({ length: 5 }, () => aside), ...calm(3)]);
  t.is(judge(back, { challenge: 'turn' }).kind, 'grant');
});

test('a stranger who looks straight ahead is refused when the time is up, whatever was asked', (t) => {
  const stranger = templateFrom(model, [0, 0, 1, 0]);
  const track = follow(Array.from({ length: 25 }, () => ({ template: stranger })));
  t.like(judge(track, { challenge: 'turn' }), { kind: 'deny', reason: 'unknown' });
});

test('a turn is only answered by frames that were recognised: somebody else’s profile does not count', (t) => {
  const own = follow([...calm(4), { yawDeg: 25 }, { yawDeg: 28 }, ...calm(3)]);
  t.is(judge(own, { challenge: 'turn' }).kind, 'grant');
  const swapped = follow([...calm(4), { yawDeg: 25, turnedAway: true }, { yawDeg: 28, turnedAway: true }, ...calm(3)]);
  t.is(judge(swapped, { challenge: 'turn' }).kind, 'undecided');
});

test('the side is drawn anew for every attempt', (t) => {
  const draws = [0, 0.9];
  const tracker = new Tracker({ window: 5, changeDistance: 0.5, random: () => draws.shift() ?? 0 });
  const timings = { decodeMs: 0, detectMs: 0, landmarksMs: 0, embedMs: 0 };
  const seen = { frameId: 0, capturedAtMs: 0, widthPx: 640, heightPx: 480, sightings: [sighting({})], timings };
  const track = tracker.follow(seen).seen[0]!;
  t.is(track.chance, 0);
  restTrack(track, 1000);
  t.is(track.chance, 0.9);
});

test('where no challenge is demanded, none is given', (t) => {
  const verdict = judge(follow(calm(4)), { challenge: 'off' });
  t.is(verdict.kind, 'grant');
  t.false(verdict.kind === 'grant' && 'challenge' in verdict.evidence);
});
