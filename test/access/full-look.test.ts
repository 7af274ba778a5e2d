import test from 'ava';
import { deservesFullLook, nearEnoughFor } from '../../src/access/full-look.ts';
import { restTrack, type Track, Tracker } from '../../src/access/tracker.ts';
import { decide, type VerdictPolicy } from '../../src/access/verdict.ts';
import type { Person } from '../../src/domain/person.ts';
import { templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { glimpsedSnapshot } from '../../src/gallery/glimpsed.ts';
import { nearestThresholdFor } from '../../src/gallery/threshold.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { faceAt, seenAt } from '../support/seen.ts';

const space = { id: 'test/1-glimpse', base: 'test/1', dimensions: 2 };
const whole = (...numbers: number[]) => templateFrom(space.base, numbers);
const glimpse = (...numbers: number[]) => templateFrom(space.id, numbers);
const ann: Person = {
  ...{ id: 'ann', name: 'Ann', groups: [], validFrom: null, validUntil: null, version: 1 },
  templates: [whole(1, 0, 0, 0.3), templateFrom('another/1', [1])],
};
const snapshot = { lineage: 'l', version: 1, embedder: space.base, people: [ann], erased: {} };
const gallery = Gallery.from(snapshot);
const glimpses = { gallery: Gallery.from(glimpsedSnapshot(space, snapshot)), nearEnough: 0.1 };
const policy: VerdictPolicy = {
  ...{ threshold: 0.05, minMargin: 0, agreeing: 3, window: 5, decideWithinMs: 2500, liveness: 'off' },
};
const now = new Date(0);

/** `a` and `s` are glimpses of Ann and of a stranger; in capitals full looks. One every 100 ms. */
function trackOf(looks: string): Track {
  const tracker = new Tracker({ window: policy.window, changeDistance: 2 });
  const shown = { a: [1, 0.1], s: [0, 1] };
  let track: Track | undefined;
  for (const [i, look] of [...looks].entries()) {
    const [x, y] = shown[look.toLowerCase() as 'a' | 's'] as [number, number];
    const template = look === look.toUpperCase() ? whole(x, y, 0, 0.3) : null;
    [track] = tracker.follow(seenAt(i * 100, [{ ...faceAt({ template }), glimpse: glimpse(x, y) }])).seen;
  }
  return track!;
}

const deserves = (looks: string, nowMs = looks.length * 100) =>
  deservesFullLook(trackOf(looks), { gallery, policy, glimpses, nowMs });

test('a glimpse near somebody is followed by full looks, until there is a verdict', (t) => {
  t.deepEqual(
    ['a', 'aA', 'aAA'].map((looks) => deserves(looks)),
    [true, true, true],
  );
  const granted = trackOf('aAAA');
  t.is(decide(granted, { gallery, policy, nowMs: 300, now }).kind, 'grant');
  restTrack(granted, 10_300);
  t.false(deservesFullLook(granted, { gallery, policy, glimpses, nowMs: 400 }));
});

test('a stranger is looked at in full once there are enough pictures for a verdict, and again after a while', (t) => {
  t.deepEqual(
    ['s', 'ss', 'ssS', 'ssSssssss'].map((looks) => deserves(looks)),
    [false, true, false, false],
  );
  t.true(deserves('ssSssssss', 2800));
});

test('a face that stays in the window of full looks is followed by more, so that it is pushed out by who is there', (t) => {
  t.true(deserves('aAAsssss'));
  t.false(deserves('aAAsssssSSSSS'));
});

test('nobody enrolled, nothing to look for', (t) => {
  const nobody = Gallery.empty(space.base);
  t.false(deservesFullLook(trackOf('aaa'), { gallery: nobody, policy, glimpses, nowMs: 300 }));
});

test('glimpses alone never grant, and never refuse as unknown', (t) => {
  for (const looks of ['aaaaa', 'sssss', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']) {
    const track = trackOf(looks);
    for (const last of [false, true]) {
      t.is(decide(track, { gallery, policy, nowMs: track.lastSeenMs + 2500, now, last }).kind, 'undecided', looks);
    }
  }
});

test('one full look grants nobody; near nobody, it is enough for a refusal', (t) => {
  t.is(decide(trackOf('aaaaA'), { gallery, policy, nowMs: 3000, now, last: true }).kind, 'undecided');
  const refused = decide(trackOf('ssS'), { gallery, policy, nowMs: 2500, now });
  t.like(refused, { kind: 'deny', reason: 'unknown' });
});

test('templates of another embedder are in no gallery of glimpses, and whole ones are refused there', (t) => {
  t.is(glimpses.gallery.rows, 1);
  t.throws(() => glimpses.gallery.rank(whole(1, 0, 0, 0)), { code: 'template.foreign-embedder' });
  t.throws(() => gallery.rank(glimpse(1, 0)), { code: 'template.foreign-embedder' });
});

test("how near a glimpse has to be follows from the gallery's threshold, and is looser", async (t) => {
  const { calibration, glimpseCalibration } = await loadPack('faceapi');
  const at = (comparisons: number) =>
    nearEnoughFor(
      nearestThresholdFor({ calibration: calibration!, comparisons, targetFpir: 0.001 }),
      glimpseCalibration!,
    );
  t.true(at(1) > at(10) && at(10) > at(30));
  const looser = glimpseCalibration!.quantiles.find(({ fmrUpper }) => fmrUpper <= 0.031)!;
  t.true(Math.abs(at(1) - looser.distance) < 0.01);
});
