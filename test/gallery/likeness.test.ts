import test from 'ava';
import fc from 'fast-check';
import { cosineDistance } from '../../src/domain/template.ts';
import { pairsWithin, portraits, sameDistance, selfScores, strangeDistance } from '../../src/gallery/likeness.ts';
import { atAngle, galleryWith, model, personWith, sphereFigures } from './sphere.ts';

const angle = fc.double({ min: 0, max: 6, noNaN: true });
const galleries = fc
  .array(fc.array(angle, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  .map((people) => galleryWith(people.map((own, i) => personWith(`p${i}`, own.map(atAngle)))));

test('leave-one-out scores are those of comparing one by one', (t) => {
  fc.assert(
    fc.property(galleries, (gallery) => {
      for (const { personId, template, own, other, next } of selfScores(gallery)) {
        const templates = gallery.people.get(personId)!.templates;
        const rest = templates.filter((_, i) => i !== template).map((one) => cosineDistance(templates[template]!, one));
        t.is(own, rest.length === 0 ? null : Math.min(...rest));
        const others = [...gallery.people.values()]
          .filter(({ id }) => id !== personId)
          .map((person) => Math.min(...person.templates.map((one) => cosineDistance(templates[template]!, one))))
          .sort((a, b) => a - b);
        for (const [found, want] of [
          [other, others[0]],
          [next, others[1]],
        ] as const) {
          t.is(found === null, want === undefined);
          if (found !== null) t.true(Math.abs(found.distance - want!) < 1e-6);
        }
      }
      t.is(selfScores(gallery).length, gallery.rows);
    }),
    { numRuns: 100 },
  );
});

test('pairs of people within a distance: every one, once, the nearest first', (t) => {
  fc.assert(
    fc.property(galleries, fc.double({ min: 0, max: 1, noNaN: true }), (gallery, distance) => {
      const pairs = pairsWithin(gallery, distance, sphereFigures);
      const people = [...gallery.people.values()];
      const want = people.flatMap((a, i) =>
        people.slice(i + 1).flatMap((b) => {
          const nearest = Math.min(...a.templates.flatMap((x) => b.templates.map((y) => cosineDistance(x, y))));
          return nearest <= distance - 1e-6 ? [`${a.id} ${b.id}`] : [];
        }),
      );
      const found = pairs.map(({ a, b }) => `${a} ${b}`);
      t.true(want.every((pair) => found.includes(pair)));
      t.is(new Set(found).size, found.length);
      t.true(pairs.every((pair, i) => pair.distance <= distance && pair.distance >= (pairs[i - 1]?.distance ?? 0)));
    }),
    { numRuns: 100 },
  );
});

test('what is the same is 0 apart, and never less, however its length was rounded', (t) => {
  for (let i = 0; i < 600; i++) {
    const template = atAngle(i / 100);
    const gallery = galleryWith([personWith('a', [template]), personWith('b', [template])]);
    const [pair] = pairsWithin(gallery, 1e-6, sphereFigures);
    t.true(pair !== undefined && pair.distance >= 0, `${i}: ${pair?.distance}`);
    t.true(gallery.rank(template).nearest!.distance >= 0);
  }
});

test('a pair says how often strangers are that near, with as many templates', (t) => {
  const gallery = galleryWith([personWith('a', [atAngle(0), atAngle(2)]), personWith('b', [atAngle(0.1), atAngle(4)])]);
  const [pair] = pairsWithin(gallery, 0.1, sphereFigures);
  t.is(pair?.comparisons, 4);
  // 1 − cos 0.1 = 0.005, which a share of 0.0025 of strangers is within; four comparisons.
  t.true(Math.abs(pair!.chance - 4 * 0.0025) < 5e-4, `${pair!.chance}`);
});

test('the picture in the middle represents a person, the one that is far from the others stands out', (t) => {
  const gallery = galleryWith([
    personWith('ada', [atAngle(0.01), atAngle(0), atAngle(-0.01), atAngle(0.6)]),
    personWith('bob', [atAngle(1), atAngle(2)]),
    personWith('one', [atAngle(4)]),
  ]);
  const [ada, bob, one] = portraits(gallery, sphereFigures);
  t.is(ada?.representative, 0);
  t.deepEqual(
    ada?.templates.map(({ outlier }) => outlier),
    [false, false, false, true],
  );
  t.deepEqual(
    bob?.templates.map(({ outlier }) => outlier),
    [true, true],
    'of two nobody knows which is wrong',
  );
  t.deepEqual(
    one?.templates.map(({ outlier, toRest }) => [outlier, toRest]),
    [[false, null]],
  );
});

test('templates of another embedder are kept out, and positions stay those of the person', (t) => {
  const foreign = { ...atAngle(0), model: 'other/1' };
  const gallery = galleryWith([personWith('ada', [foreign, atAngle(0), atAngle(0.01)])]);
  t.deepEqual(
    selfScores(gallery).map(({ template }) => template),
    [1, 2],
  );
  t.deepEqual(
    portraits(gallery, sphereFigures)[0]?.templates.map(({ position }) => position),
    [1, 2],
  );
  t.is(gallery.embedder, model);
});

test('distances come from the figures of the pack', (t) => {
  t.true(Math.abs(strangeDistance(sphereFigures) - 0.02) < 1e-12);
  t.true(Math.abs(sameDistance(sphereFigures, 10) - 0.002) < 1e-12, 'never looser than a door may be');
  t.true(Math.abs(sameDistance(sphereFigures, 500) - 2e-4) < 1e-6);
});
