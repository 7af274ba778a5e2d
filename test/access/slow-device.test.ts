import test from 'ava';
import fc from 'fast-check';
import { restTrack, type Track, Tracker } from '../../src/access/tracker.ts';
import { decide, type VerdictPolicy } from '../../src/access/verdict.ts';
import type { Seen } from '../../src/domain/sighting.ts';
import { cosineDistance, type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { faceAt, type Shown, seenAt } from '../support/seen.ts';

/** A device that takes seconds for one look: nobody is gone merely because nobody looked, and nobody else takes the place. */

const model = 'test/1';
const lookMs = 2400;
const changeDistance = 0.5;
const ann = templateFrom(model, [1, 0, 0]);
const bob = templateFrom(model, [0, 1, 0]);
const people = (['ann', 'bob'] as const).map((id, i) => ({
  ...{ id, name: id, templates: [[ann, bob][i]!], groups: [] },
  ...{ validFrom: null, validUntil: null, version: 1 },
}));
const gallery = Gallery.from({ lineage: 'l', version: 1, embedder: model, people, erased: {} });
const policy: VerdictPolicy = {
  ...{ threshold: 0.1, minMargin: 0.05, agreeing: 3, window: 5 },
  ...{ decideWithinMs: 2500, liveness: 'off' as const },
};

/** One look after another, `everyMs` apart; `null` is a look that sees nobody. Each is judged when the next one begins. */
function look(faces: readonly (Shown | null)[], everyMs = lookMs) {
  const tracker = new Tracker({ window: policy.window, changeDistance });
  return faces.map((face, i) => {
    const { seen, left } = tracker.follow(seenAt(i * everyMs, face === null ? [] : [faceAt(face)]));
    const [track] = seen;
    const verdict = track && decide(track, { gallery, policy, nowMs: (i + 1) * everyMs, now: new Date(0) });
    return { track, left: left.map(({ id }) => id), kind: verdict?.kind };
  });
}
const looks = (...templates: readonly (Template | null)[]) => templates.map((template) => ({ template }));

test('one who stays is one track, and is recognised as after as many looks of a quick device', (t) => {
  const slow = look(looks(ann, ann, ann));
  t.deepEqual(
    slow.map(({ kind }) => kind),
    ['undecided', 'undecided', 'grant'],
  );
  t.deepEqual(
    slow.map(({ kind }) => kind),
    look(looks(ann, ann, ann), 100).map(({ kind }) => kind),
  );
});

test('one look that misses a face does not lose it, two do', (t) => {
  const [first, , again] = look([{ template: ann }, null, { template: ann }]);
  t.is(again!.track!.id, first!.track!.id);
  const [, , , another] = look([{ template: ann }, null, null, { template: ann }]);
  t.not(another!.track!.id, first!.track!.id);
  t.deepEqual(another!.left, [first!.track!.id]);
});

test('many looks do not lose a face before its time, as on a quick device', (t) => {
  const soon = look([{ template: ann }, ...Array(9).fill(null), { template: ann }], 100);
  t.is(soon.at(-1)!.track!.id, soon[0]!.track!.id);
  const late = look([{ template: ann }, ...Array(10).fill(null), { template: ann }], 100);
  t.not(late.at(-1)!.track!.id, late[0]!.track!.id);
});

test('a picture that was left out is no look', (t) => {
  const tracker = new Tracker({ window: 5, changeDistance });
  const at = (atMs: number, more: Partial<Seen> = {}) => ({ ...seenAt(atMs, []), ...more });
  tracker.follow(seenAt(0, [faceAt({ template: ann })]));
  for (const atMs of [1000, 1100, 1200]) t.is(tracker.follow(at(atMs, { leftOut: true })).left.length, 0);
  for (const atMs of [1300, 1400]) t.is(tracker.follow(at(atMs)).left.length, 0);
  t.is(tracker.follow(at(1500)).left.length, 1);
});

test('whoever has not been looked at for ten seconds is somebody new, however few looks there were', (t) => {
  const [first, then] = look(looks(ann, ann), 10_000);
  t.is(then!.track!.id, first!.track!.id);
  const [one, another] = look(looks(ann, ann), 10_001);
  t.not(another!.track!.id, one!.track!.id);
});

test('someone else in the same place has a track and evidence of their own', (t) => {
  const seen = look(looks(ann, ann, bob, bob));
  t.not(seen[2]!.track!.id, seen[0]!.track!.id);
  t.is(seen[3]!.kind, 'undecided');
  t.is(seen[3]!.track!.good.length, 2);
});

test('evidence beyond its age counts only together with a good newest look', (t) => {
  const kinds = (...templates: (Template | null)[]) => look(looks(...templates), 2600).map(({ kind }) => kind);
  t.is(kinds(ann, ann, ann)[2], 'grant');
  t.is(kinds(ann, ann, null)[2], 'undecided');
  t.is(kinds(ann, null, null, ann, ann)[4], 'grant');
});

test('evidence of a quarter of a minute ago never counts', (t) => {
  t.is(look(looks(ann, ann, ann), 4900)[2]!.kind, 'grant');
  t.not(look(looks(ann, ann, ann), 5001)[2]!.kind, 'grant');
});

test('looks that saw somebody else in between use the evidence up', (t) => {
  const crowd = look(looks(ann, ann, bob, bob, bob, bob, ann), 1500);
  t.true(crowd.every(({ kind }, i) => kind !== 'grant' || i === 4 || i === 5));
});

test('after a verdict a slow track starts with no evidence either', (t) => {
  const tracker = new Tracker({ window: 5, changeDistance });
  for (const i of [0, 1, 2]) {
    const track = tracker.follow(seenAt(i * lookMs, [faceAt({ template: ann })])).seen[0] as Track;
    if (i < 2) continue;
    restTrack(track, 3 * lookMs);
    t.is(decide(track, { gallery, policy, nowMs: 4 * lookMs, now: new Date(0) }).kind, 'undecided');
  }
});

const anyone = fc.constantFrom(ann, bob, ann, null);
/** Looks of a device whose pace changes as it likes, from quick to a camera that stalls. */
const life = fc.array(
  fc.record({ afterMs: fc.integer({ min: 1, max: 12_000 }), template: anyone, seen: fc.boolean() }),
  {
    minLength: 2,
    maxLength: 12,
  },
);

test('property: at whatever pace, a grant rests on two different looks at that person, one of them recent', (t) => {
  let grants = 0;
  const property = fc.property(life, fc.integer({ min: 0, max: 6000 }), (steps, laterMs) => {
    const tracker = new Tracker({ window: policy.window, changeDistance });
    const shown: { atMs: number; template: Template | null }[] = [];
    let atMs = 0;
    for (const { afterMs, template, seen } of steps) {
      atMs += afterMs;
      const [track] = tracker.follow(seenAt(atMs, seen ? [faceAt({ template })] : [])).seen;
      if (seen) shown.push({ atMs, template });
      if (track === undefined) continue;
      const nowMs = atMs + laterMs;
      const verdict = decide(track, { gallery, policy: { ...policy, agreeing: 2 }, nowMs, now: new Date(0) });
      if (verdict.kind !== 'grant') continue;
      grants += 1;
      const wanted = verdict.personId === 'ann' ? ann : bob;
      const behind = shown.filter((one) => one.template === wanted && nowMs - one.atMs <= 15_000);
      if (new Set(behind.map((one) => one.atMs)).size < 2) return false;
      if (nowMs - behind.at(-1)!.atMs > 5000) return false;
    }
    return true;
  });
  fc.assert(property, { numRuns: 2000 });
  t.true(grants > 100, `${grants}`);
});

test('property: at whatever pace, no track ever holds two people', (t) => {
  fc.assert(
    fc.property(life, (steps) => {
      const tracker = new Tracker({ window: 12, changeDistance });
      let atMs = 0;
      for (const { afterMs, template, seen } of steps) {
        atMs += afterMs;
        for (const track of tracker.follow(seenAt(atMs, seen ? [faceAt({ template })] : [])).seen) {
          const [first, ...others] = track.good.map((one) => one.template);
          if (others.some((other) => cosineDistance(first!, other) > changeDistance)) return false;
        }
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
