import test from 'ava';
import fc from 'fast-check';
import { type Track, Tracker } from '../../src/access/tracker.ts';
import { decide, type VerdictPolicy } from '../../src/access/verdict.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Liveness, Seen } from '../../src/domain/sighting.ts';
import { type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { faceAt, type Shown, seenAt } from '../support/seen.ts';

const model = 'test/1';
const now = new Date('2026-11-24T08:00:00Z');

/** Evenly spread, in hundredths: fast-check's own doubles are mostly the ends and numbers next to nothing. */
const share = (min: number, max: number) =>
  fc.integer({ min: Math.round(min * 100), max: Math.round(max * 100) }).map((hundredths) => hundredths / 100);

/** A template near one of two people, or of nobody. */
const template: fc.Arbitrary<Template> = fc
  .record({ axis: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2), noise: share(0, 0.5) })
  .map(({ axis, noise }) => {
    const vector = [0, 0, 0, noise];
    vector[axis] = 1;
    return templateFrom(model, vector);
  });
const liveness: fc.Arbitrary<Liveness | null> = fc.option(
  fc
    .double({ min: 0.3, max: 1, noNaN: true })
    .map((score) => ({ score, live: score >= 0.5, threshold: 0.5, parts: {} })),
  { freq: 15 },
);
const shown: fc.Arbitrary<Shown> = fc.record({ template: fc.option(template, { freq: 15 }), liveness, x: fc.nat(400) });
/** Somebody stays in one place: the frames of one track, mostly good ones. */
const frames = fc.array(
  shown.map((face) => ({ ...face, x: 100 })),
  { minLength: 1, maxLength: 8, size: 'max' },
);
/** Whatever a policy may be, also what no configuration allows. */
const policy: fc.Arbitrary<VerdictPolicy> = fc.record({
  threshold: share(-0.05, 0.6),
  minMargin: share(-0.2, 0.5),
  agreeing: fc.constantFrom(-1, 0, 1, 2, 2, 3, 4),
  window: fc.integer({ min: 1, max: 8 }),
  decideWithinMs: fc.integer({ min: 0, max: 3000 }),
  liveness: fc.constantFrom('off', 'off', 'required'),
});

function person(id: string, axis: number, more: Partial<Person> = {}): Person {
  const vector = [0, 0, 0, 0];
  vector[axis] = 1;
  const rest = { groups: [], validFrom: null, validUntil: null, version: 1 };
  return { id, name: id, templates: [templateFrom(model, vector)], ...rest, ...more };
}

const galleryOf = (people: readonly Person[]) =>
  Gallery.from({ lineage: 'l', version: 1, embedder: model, people, erased: {} });
const both = galleryOf([person('ann', 0), person('bob', 1)]);

/** Every track after the last of the frames, 100 ms apart. */
function tracksOf(seen: readonly Seen[], window: number): readonly Track[] {
  const tracker = new Tracker({ window, changeDistance: 2 });
  const updates = seen.map((frame) => tracker.follow(frame));
  return updates.at(-1)?.seen ?? [];
}

const isGranted = (track: Track, by: VerdictPolicy, gallery = both) =>
  decide(track, { gallery, policy: by, nowMs: track.lastSeenMs, now }).kind === 'grant';

function grants(faces: readonly Shown[], by: VerdictPolicy, gallery = both): boolean {
  const seen = faces.map((face, i) => seenAt(i * 100, [faceAt(face)]));
  return tracksOf(seen, by.window).some((track) => isGranted(track, by, gallery));
}

test('property: no single frame ever grants, whatever it shows and whatever the policy says', (t) => {
  const circumstances = fc.record({
    laterMs: fc.nat(10_000),
    last: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(shown, { minLength: 1, maxLength: 4 }), policy, circumstances, (faces, by, more) => {
      // The same frame, delivered again and again by a camera that hangs, is still one frame.
      const frame = seenAt(1000, faces.map(faceAt));
      for (const track of tracksOf(Array(more.repeats).fill(frame), by.window)) {
        const at = { nowMs: 1000 + more.laterMs, now, last: more.last };
        if (decide(track, { gallery: both, policy: by, ...at }).kind === 'grant') return false;
      }
      return true;
    }),
  );
  t.pass();
});

/** Most made-up scenes grant nobody; so many are needed to see some that do. */
const runs = { numRuns: 1000 };

/** Each takes something away that a grant needs. */
const weakened: ReadonlyArray<[what: string, grants: (faces: readonly Shown[], by: VerdictPolicy) => boolean]> = [
  ['a smaller threshold', (faces, by) => grants(faces, { ...by, threshold: by.threshold - 0.05 })],
  ['a larger margin', (faces, by) => grants(faces, { ...by, minMargin: by.minMargin + 0.2 })],
  ['more sightings to agree', (faces, by) => grants(faces, { ...by, agreeing: by.agreeing + 1 })],
  ['liveness demanded', (faces, by) => grants(faces, { ...by, liveness: 'required' })],
  ['nobody known', (faces, by) => grants(faces, by, galleryOf([]))],
  ['a gallery in which all have expired', (faces, by) => grants(faces, by, expired)],
  ['a lookalike of everyone', (faces, by) => grants(faces, { ...by, minMargin: Math.max(0.01, by.minMargin) }, twins)],
];
const expired = galleryOf(both.people.size === 2 ? [...both.people.values()].map(ended) : []);
const twins = galleryOf([...both.people.values()].flatMap((one) => [one, { ...one, id: `${one.id}-twin` }]));

function ended(one: Person): Person {
  return { ...one, validUntil: '2026-01-01T00:00:00Z' };
}

for (const [what, grantsWeakened] of weakened) {
  test(`property: with ${what} nobody is granted who was not before`, (t) => {
    fc.assert(
      fc.property(frames, policy, (faces, by) => !grantsWeakened(faces, by) || grants(faces, by)),
      runs,
    );
    t.pass();
  });
}

test('property: without a score for life nobody is granted where life is demanded', (t) => {
  const demanding = policy.map((by) => ({ ...by, liveness: 'required' as const }));
  fc.assert(
    fc.property(frames, demanding, fc.nat(7), (faces, by, index) => {
      const unscored = faces.map((face) => ({ ...face, liveness: null }));
      const oneUnscored = faces.map((face, i) => (i === index % faces.length ? { ...face, liveness: null } : face));
      return !grants(unscored, by) && (!grants(oneUnscored, by) || grants(faces, by));
    }),
  );
  t.pass();
});

test('the generators reach grants, and weakening takes some of them away', (t) => {
  const scenes = fc.sample(fc.record({ faces: frames, by: policy }), { numRuns: 2000, seed: 1 });
  const granted = scenes.filter(({ faces, by }) => grants(faces, by));
  t.true(granted.length > 100, `${granted.length} of 2000`);
  for (const [what, grantsWeakened] of weakened) {
    const still = granted.filter(({ faces, by }) => grantsWeakened(faces, by));
    t.true(still.length < granted.length, what);
  }
});
