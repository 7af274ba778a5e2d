import test from 'ava';
import fc from 'fast-check';
import { rankTogether } from '../../src/access/rank-together.ts';
import type { Person } from '../../src/domain/person.ts';
import { cosineDistance, fuseTemplates, meanLength, type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';

const model = 'test/1';
const dimensions = 16;
const template = fc
  .array(fc.integer({ min: -127, max: 127 }), { minLength: dimensions, maxLength: dimensions })
  .filter((values) => values.some((value) => value !== 0))
  .map((values) => templateFrom(model, values));

function galleryOf(templates: readonly Template[]): Gallery {
  const people = templates.map(
    (one, i): Person => ({
      ...{ id: `p${i}`, name: `P${i}`, templates: [one], groups: [], version: 1 },
      ...{ validFrom: null, validUntil: null },
    }),
  );
  return Gallery.from({ lineage: 'l', version: 1, embedder: model, people, erased: {} });
}

test('the distance of several sightings is the mean of their distances, for the nearest and for the next', (t) => {
  fc.assert(
    fc.property(
      fc.array(template, { minLength: 1, maxLength: 5 }),
      fc.array(template, { minLength: 1, maxLength: 6 }),
      (sightings, known) => {
        // Sightings that cancel out have no direction; no face is its own opposite.
        fc.pre(meanLength(sightings) > 0.2);
        const means = known
          .map((one) => sightings.reduce((sum, sighting) => sum + cosineDistance(sighting, one), 0) / sightings.length)
          .sort((a, b) => a - b);
        const { nearest, other } = rankTogether(galleryOf(known), sightings);
        t.true(Math.abs(nearest!.distance - means[0]!) < 0.01, `${nearest!.distance} ${means[0]}`);
        if (other !== null) t.true(Math.abs(other.distance - means[1]!) < 0.01);
      },
    ),
    { numRuns: 300 },
  );
});

test('sightings that differ are nearer to a stranger as one mean template, not together', (t) => {
  const common = [1, 0, 0, 0];
  const [a, b] = [templateFrom(model, [1, 0.3, 0, 0]), templateFrom(model, [1, 0, 0.3, 0])];
  const stranger = templateFrom(model, common);
  const single = cosineDistance(a, stranger);
  t.true(cosineDistance(fuseTemplates([a, b]), stranger) < 0.6 * single);
  t.true(Math.abs(rankTogether(galleryOf([stranger]), [a, b]).nearest!.distance - single) < 1e-3);
});

test('one sighting is compared as it is', (t) => {
  const [a, b] = [templateFrom(model, [1, 2, 3]), templateFrom(model, [3, 2, 1])];
  t.true(Math.abs(rankTogether(galleryOf([b]), [a]).nearest!.distance - cosineDistance(a, b)) < 1e-6);
});

test('nobody in the gallery is nobody, and no sighting is an error', (t) => {
  t.deepEqual(rankTogether(Gallery.empty(model), [templateFrom(model, [1])]), { nearest: null, other: null });
  t.throws(() => rankTogether(Gallery.empty(model), []), { code: 'template.invalid' });
});
