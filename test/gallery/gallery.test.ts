import test from 'ava';
import fc from 'fast-check';
import { LimenError } from '../../src/domain/errors.ts';
import type { Person } from '../../src/domain/person.ts';
import { cosineDistance, type Template } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { openPlainMatcher } from '../../src/gallery/matcher.ts';
import { openFastestMatcher } from '../../src/gallery/wasm-matcher.ts';
import { embedder, personOf, snapshotOf, templateOf } from './people.ts';

const int8 = fc.integer({ min: -127, max: 127 });

/** People with one to three templates each, all of one length, none of them zero; and a probe. */
const galleries = fc.integer({ min: 1, max: 37 }).chain((dimensions) => {
  const template: fc.Arbitrary<Template> = fc
    .array(int8, { minLength: dimensions, maxLength: dimensions })
    .filter((values) => values.some((value) => value !== 0))
    .map((values) => ({ model: embedder, data: Int8Array.from(values), scale: 0.01 }));
  return fc.record({
    probe: template,
    people: fc.array(fc.array(template, { minLength: 0, maxLength: 3 }), { maxLength: 8 }),
  });
});

test('the ranking is the one that comparing one by one in floating point gives', (t) => {
  fc.assert(
    fc.property(galleries, ({ probe, people }) => {
      const ranking = Gallery.from(snapshotOf(people.map((own, i) => personOf(`p${i}`, own)))).rank(probe);
      const slow = people
        .map((own, i) => ({ id: `p${i}`, distance: Math.min(...own.map((row) => cosineDistance(probe, row))) }))
        .filter((entry) => Number.isFinite(entry.distance))
        .sort((a, b) => a.distance - b.distance);
      const distances = new Map(slow.map((entry) => [entry.id, entry.distance]));
      for (const [got, want] of [
        [ranking.nearest, slow[0]],
        [ranking.other, slow[1]],
      ] as const) {
        if (want === undefined) return got === null;
        // Ties may go either way; the distance may not, and it must be that person's own.
        if (got === null || Math.abs(got.distance - want.distance) > 1e-6) return false;
        if (Math.abs(got.distance - distances.get(got.personId)!) > 1e-6) return false;
      }
      return ranking.nearest?.personId !== ranking.other?.personId;
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('the margin is to another person, never to another picture of the same one', (t) => {
  const gallery = Gallery.from(
    snapshotOf([personOf('anna', [templateOf(1), templateOf(1)]), personOf('boris', [templateOf(2)])]),
  );
  const { nearest, other } = gallery.rank(templateOf(1));
  t.is(nearest?.personId, 'anna');
  t.true(Math.abs(nearest!.distance) < 1e-6);
  t.is(other?.personId, 'boris');
  t.is(gallery.rows, 3);
});

test('an empty gallery ranks nobody', (t) => {
  t.deepEqual(Gallery.empty(embedder).rank(templateOf(1)), { nearest: null, other: null });
});

test('a gallery of one person has nobody else to compare with', (t) => {
  const ranking = Gallery.from(snapshotOf([personOf('anna', [templateOf(1)])])).rank(templateOf(5));
  t.is(ranking.nearest?.personId, 'anna');
  t.is(ranking.other, null);
});

test('a probe of another embedder is refused, whatever is in the gallery', (t) => {
  for (const people of [[], [personOf('anna', [templateOf(1)])]]) {
    const gallery = Gallery.from(snapshotOf(people));
    const error = t.throws(() => gallery.rank(templateOf(1, { model: 'other/1' })), { instanceOf: LimenError });
    t.is(error.code, 'template.foreign-embedder');
  }
});

test('people enrolled with another embedder are kept and named, never matched', (t) => {
  const gallery = Gallery.from(
    snapshotOf([
      personOf('old', [templateOf(1, { model: 'other/1' })]),
      personOf('half', [templateOf(1, { model: 'other/1' }), templateOf(2)]),
      personOf('new', [templateOf(3)]),
    ]),
  );
  t.deepEqual(gallery.needsReembedding, ['old', 'half']);
  t.is(gallery.people.size, 3);
  t.is(gallery.rows, 2);
  t.not(gallery.rank(templateOf(1)).nearest?.personId, 'old');
});

test('templates that cannot be compared are refused, naming the person', (t) => {
  const zero = { model: embedder, data: new Int8Array(16), scale: 1 };
  for (const bad of [templateOf(2, { dimensions: 15 }), zero]) {
    const people = [personOf('anna', [templateOf(1)]), personOf('boris', [bad])];
    const error = t.throws(() => Gallery.from(snapshotOf(people)), { instanceOf: LimenError });
    t.is(error.code, 'template.invalid');
    t.regex(error.message, /boris/);
    const probing = t.throws(() => Gallery.from(snapshotOf(people.slice(0, 1))).rank(bad), { instanceOf: LimenError });
    t.is(probing.code, 'template.invalid');
  }
});

test('an id that occurs twice is refused', (t) => {
  const people = [personOf('anna', [templateOf(1)]), personOf('anna', [templateOf(2)])];
  t.is(t.throws(() => Gallery.from(snapshotOf(people)), { instanceOf: LimenError }).code, 'gallery.corrupt');
});

test('ranking without a person is ranking a gallery that person is not in', (t) => {
  fc.assert(
    fc.property(galleries, fc.nat(9), ({ probe, people }, i) => {
      const all = people.map((own, k) => personOf(`p${k}`, own));
      const without = `p${i}`;
      const rest = all.filter(({ id }) => id !== without);
      t.deepEqual(Gallery.from(snapshotOf(all)).rank(probe, { without }), Gallery.from(snapshotOf(rest)).rank(probe));
    }),
    { numRuns: 200 },
  );
});

test('a gallery that follows another is the one that is made anew, whoever came, went or changed', (t) => {
  const change = fc.record({ at: fc.nat(8), what: fc.constantFrom('gone', 'new', 'foreign', 'added') });
  fc.assert(
    fc.property(galleries, fc.array(change, { maxLength: 5 }), fc.boolean(), ({ probe, people }, changes, fast) => {
      const openMatcher = fast ? openFastestMatcher : openPlainMatcher;
      const before = snapshotOf(people.map((own, k) => personOf(`p${k}`, own)));
      const after = changes.reduce<Person[]>(
        (all, { at, what }, k) => {
          if (what === 'added') return all.toSpliced(at, 0, personOf(`p${at}${k}`, [probe, probe]));
          const own = what === 'new' ? [probe] : [{ ...probe, model: 'other/1' }, probe];
          return all.toSpliced(at, 1, ...(what === 'gone' || at >= all.length ? [] : [personOf(all[at]!.id, own, 2)]));
        },
        [...before.people],
      );
      const next = snapshotOf(after, 2);
      const first = Gallery.from(before, openMatcher);
      const followed = first.followedBy(next);
      const anew = Gallery.from(next, openPlainMatcher);
      t.deepEqual([followed.rows, followed.needsReembedding], [anew.rows, anew.needsReembedding]);
      t.deepEqual(followed.rank(probe), anew.rank(probe));
      t.deepEqual(followed.within(probe, 2), anew.within(probe, 2));
      for (const without of after.map(({ id }) => id))
        t.deepEqual(followed.rank(probe, { without }), anew.rank(probe, { without }));
      const third = followed.followedBy(before);
      // The first has given its memory away by now, to the third.
      for (const one of [third, first, third]) t.deepEqual(one.within(probe, 2), Gallery.from(before).within(probe, 2));
      t.deepEqual(followed.rank(probe), anew.rank(probe));
    }),
    { numRuns: 300 },
  );
});

test('templates of another length are taken in with a whole new gallery, and refused beside others', (t) => {
  const before = snapshotOf([personOf('anna', [templateOf(1)]), personOf('boris', [templateOf(2)])]);
  const short = { dimensions: 8 };
  const [anna, boris] = [personOf('anna', [templateOf(1, short)], 2), personOf('boris', [templateOf(2, short)], 2)];
  const all = Gallery.from(before).followedBy(snapshotOf([anna, boris], 2));
  t.is(all.rank(templateOf(2, short)).nearest?.personId, 'boris');
  const mixed = snapshotOf([anna, before.people[1]!], 2);
  t.throws(() => Gallery.from(before).followedBy(mixed), { code: 'template.invalid', message: /boris/ });
});

test('every template within a distance is found, and no other', (t) => {
  fc.assert(
    fc.property(galleries, fc.double({ min: 0, max: 2, noNaN: true }), ({ probe, people }, distance) => {
      const found = Gallery.from(snapshotOf(people.map((own, k) => personOf(`p${k}`, own)))).within(probe, distance);
      const want = people.flatMap((own, k) =>
        own.map((row) => ({ personId: `p${k}`, distance: cosineDistance(probe, row) })),
      );
      const sure = want.filter((one) => one.distance < distance - 1e-6);
      const maybe = want.filter((one) => one.distance < distance + 1e-6);
      return (
        found.length >= sure.length && found.length <= maybe.length && found.every((one) => one.distance <= distance)
      );
    }),
    { numRuns: 200 },
  );
  t.pass();
});
