import test from 'ava';
import { restTrack, type Track, Tracker } from '../../src/access/tracker.ts';
import { type Circumstances, decide, type VerdictPolicy } from '../../src/access/verdict.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Liveness, Seen } from '../../src/domain/sighting.ts';
import { type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { faceAt, type Shown, seenAt } from '../support/seen.ts';

const model = 'test/1';

/** A direction in space: `towards` along axis 0 or 1, the rest along axis 2; distance to the axis is 1 − cosine. */
function face(axis: number, distance = 0): Template {
  const vector = [0, 0, 0, 0];
  vector[axis] = 1 - distance;
  vector[3] = Math.sqrt(1 - (1 - distance) ** 2);
  return templateFrom(model, vector);
}

function person(id: string, template: Template, validity: Partial<Person> = {}): Person {
  return {
    id,
    name: id.toUpperCase(),
    templates: [template],
    groups: [],
    validFrom: null,
    validUntil: null,
    version: 1,
    ...validity,
  };
}

function galleryOf(...people: Person[]): Gallery {
  return Gallery.from({ lineage: 'l', version: 7, embedder: model, people, erased: {} });
}

const policy: VerdictPolicy = {
  threshold: 0.1,
  minMargin: 0.05,
  agreeing: 3,
  window: 5,
  decideWithinMs: 2000,
  liveness: 'off',
};

function frame(atMs: number, ...shown: Shown[]): Seen {
  return seenAt(atMs, shown.map(faceAt));
}

/** Follow the frames, 100 ms apart, and return the track of the last one. */
function follow(frames: Shown[], tracker = new Tracker({ window: 5, changeDistance: 0.5 })): Track {
  const updates = frames.map((shown, i) => tracker.follow(frame(i * 100, shown)));
  return updates.at(-1)!.seen[0]!;
}

function judge(track: Track, more: Partial<Circumstances> = {}) {
  const gallery = more.gallery ?? galleryOf(person('ann', face(0)), person('bob', face(1)));
  return decide(track, { policy, nowMs: track.lastSeenMs, now: new Date('2026-11-24T08:00:00Z'), ...more, gallery });
}

test('three agreeing sightings within the threshold are granted, with the numbers behind it', (t) => {
  const verdict = judge(follow([1, 2, 3].map(() => ({ template: face(0, 0.02) }))));
  t.is(verdict.kind, 'grant');
  if (verdict.kind !== 'grant') return;
  t.is(verdict.personId, 'ann');
  t.is(verdict.evidence.agreeing, 3);
  t.is(verdict.evidence.galleryVersion, 7);
  t.is(verdict.evidence.elapsedMs, 200);
  t.true(Math.abs(verdict.evidence.distance! - 0.02) < 0.005);
  t.true(verdict.evidence.margin! > 0.5);
});

test('one frame never opens a door', (t) => {
  t.is(judge(follow([{ template: face(0) }])).kind, 'undecided');
  t.is(judge(follow([{ template: face(0) }, { template: face(0) }])).kind, 'undecided');
});

test('a distance beyond the threshold is never granted, and refused as unknown when the time is up', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(0, 0.2) })));
  t.is(judge(track).kind, 'undecided');
  const verdict = judge(track, { nowMs: 2000 });
  t.like(verdict, { kind: 'deny', reason: 'unknown', personId: null });
});

test('a second person who is nearly as near makes it ambiguous', (t) => {
  const twin = person('twin', face(0, 0.01));
  const track = follow([1, 2, 3].map(() => ({ template: face(0, 0.02) })));
  const verdict = judge(track, { gallery: galleryOf(person('ann', face(0)), twin), nowMs: 2500 });
  t.like(verdict, { kind: 'deny', reason: 'ambiguous' });
});

test('who stands too still to be judged alive is asked to move', (t) => {
  const required = { ...policy, liveness: 'required' as const };
  const track = follow([1, 2, 3].map(() => ({ template: face(0) })));
  t.deepEqual(judge(track, { policy: required }), { kind: 'undecided', guidance: 'move-a-little' });
});

test('liveness fails closed: required and not measured is no grant', (t) => {
  const required = { ...policy, liveness: 'required' as const };
  const unmeasured = follow([1, 2, 3].map(() => ({ template: face(0) })));
  t.is(judge(unmeasured, { policy: required }).kind, 'undecided');
  t.like(judge(unmeasured, { policy: required, nowMs: 2500 }), {
    kind: 'deny',
    reason: 'no-liveness',
    personId: 'ann',
  });
});

const live: Liveness = { score: 0.9, live: true, threshold: 0.5, parts: {} };
const fake: Liveness = { score: 0.02, live: false, threshold: 0.5, parts: {} };

test('sightings that look like an artefact are a spoof, also when one in three does not', (t) => {
  const required = { ...policy, liveness: 'required' as const };
  const shown = [fake, live, fake].map((liveness) => ({ template: face(0), liveness }));
  t.like(judge(follow(shown), { policy: required, nowMs: 2500 }), { kind: 'deny', reason: 'spoof' });
  const genuine = [live, live, live].map((liveness) => ({ template: face(0), liveness }));
  t.is(judge(follow(genuine), { policy: required }).kind, 'grant');
});

test('a person outside their validity is known and refused at once', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(0) })));
  const past = galleryOf(person('ann', face(0), { validUntil: '2026-01-01T00:00:00Z' }));
  t.like(judge(track, { gallery: past }), { kind: 'deny', reason: 'expired', personId: 'ann' });
  const future = galleryOf(person('ann', face(0), { validFrom: '2027-01-01T00:00:00Z' }));
  t.like(judge(track, { gallery: future }), { kind: 'deny', reason: 'not-yet-valid' });
});

test('the picture of somebody whose time has ended is told nothing about that: life comes first', (t) => {
  const required = { ...policy, liveness: 'required' as const };
  const past = galleryOf(person('ann', face(0), { validUntil: '2026-01-01T00:00:00Z' }));
  const shown = follow([fake, fake, fake].map((liveness) => ({ template: face(0), liveness })));
  t.is(judge(shown, { gallery: past, policy: required }).kind, 'undecided');
  t.like(judge(shown, { gallery: past, policy: required, nowMs: 2500 }), { kind: 'deny', reason: 'spoof' });
  const there = follow([live, live, live].map((liveness) => ({ template: face(0), liveness })));
  t.like(judge(there, { gallery: past, policy: required }), { kind: 'deny', reason: 'expired' });
});

test('a validity date that cannot be read refuses', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(0) })));
  const broken = galleryOf(person('ann', face(0), { validUntil: 'soon' }));
  t.like(judge(track, { gallery: broken }), { kind: 'deny', reason: 'expired' });
});

test('an empty gallery refuses with its own reason', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(0) })));
  t.like(judge(track, { gallery: Gallery.empty(model), nowMs: 2500 }), { kind: 'deny', reason: 'no-gallery' });
});

test('a bad picture is answered with guidance, and in the end with poor-quality', (t) => {
  const track = follow([1, 2, 3].map(() => ({ failures: ['turned-away' as const] })));
  t.deepEqual(judge(track), { kind: 'undecided', guidance: 'turned-away' });
  t.like(judge(track, { nowMs: 6000 }), { kind: 'deny', reason: 'poor-quality' });
});

test('someone far away has asked for nothing and is not refused', (t) => {
  const track = follow([1, 2, 3].map(() => ({ failures: ['too-small' as const] })));
  t.is(judge(track, { nowMs: 60_000 }).kind, 'undecided');
});

test('someone who walks past with one good sighting is not refused', (t) => {
  const track = follow([{ template: face(2) }]);
  t.is(judge(track, { last: true }).kind, 'undecided');
});

test('someone who leaves with enough evidence behind them is refused', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(2) })));
  t.like(judge(track, { last: true }), { kind: 'deny', reason: 'unknown' });
});

test('old sightings do not speak for a face that is there now', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(0) })));
  t.not(judge(track, { nowMs: 10_000 }).kind, 'grant');
});

test('after its verdict a track rests, and its next attempt has no evidence from before', (t) => {
  const track = follow([1, 2, 3].map(() => ({ template: face(0) })));
  restTrack(track, 5000);
  t.is(judge(track, { nowMs: 4000 }).kind, 'undecided');
  t.is(judge(track, { nowMs: 6000 }).kind, 'undecided');
  t.is(track.good.length, 0);
});

test('someone else in the same place starts a track of their own', (t) => {
  const tracker = new Tracker({ window: 5, changeDistance: 0.5 });
  const ann = follow([{ template: face(0) }, { template: face(0) }], tracker);
  const other = tracker.follow(frame(200, { template: face(1) })).seen[0]!;
  t.not(other.id, ann.id);
  t.is(other.good.length, 1);
});

test('a face whose place is no number does not continue a track', (t) => {
  const tracker = new Tracker({ window: 5, changeDistance: 0.5 });
  const ann = follow([{ template: face(0) }, { template: face(0) }], tracker);
  const lost = tracker.follow(frame(200, { x: Number.NaN })).seen[0]!;
  t.not(lost.id, ann.id);
  t.is(tracker.follow(frame(300, { template: face(0) })).seen[0]!.id, ann.id);
});

test('two faces are two tracks, and a lost one leaves once', (t) => {
  const tracker = new Tracker({ window: 5, changeDistance: 0.5 });
  const both = tracker.follow(frame(0, { x: 0 }, { x: 400 }));
  t.is(both.seen.length, 2);
  const again = tracker.follow(frame(100, { x: 405 }, { x: 5 }));
  t.deepEqual(
    again.seen.map((track) => track.id),
    both.seen.map((track) => track.id).reverse(),
  );
  // Unseen for too short, then by too few looks.
  t.is(tracker.follow(frame(600)).left.length, 0);
  t.is(tracker.follow(frame(1100)).left.length, 0);
  t.is(tracker.follow(frame(2000)).left.length, 2);
  t.is(tracker.follow(frame(2100)).left.length, 0);
  t.is(tracker.end().length, 0);
});
