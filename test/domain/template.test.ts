import test from 'ava';
import fc from 'fast-check';
import { LimenError } from '../../src/domain/errors.ts';
import { cosineDistance, fuseTemplates, templateFrom } from '../../src/domain/template.ts';

test('a template survives quantization within a thousandth of its direction', (t) => {
  const vector = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * 1.7) + 0.3);
  const a = templateFrom('m/1', vector);
  const b = templateFrom(
    'm/1',
    vector.map((v) => v * 5),
  );
  t.true(Math.abs(cosineDistance(a, b)) < 1e-3);
  t.true(Math.abs(cosineDistance(a, fuseTemplates([a, b]))) < 1e-3);
});

test('templates of different embedders never meet', (t) => {
  const a = templateFrom('m/1', [1, 2, 3]);
  const b = templateFrom('m/2', [1, 2, 3]);
  const error = t.throws(() => cosineDistance(a, b), { instanceOf: LimenError });
  t.is(error.code, 'template.foreign-embedder');
});

test('no element of a template is farther from the original than half a step', (t) => {
  const vectors = fc
    .float32Array({ minLength: 1, maxLength: 256, noNaN: true, min: -1000, max: 1000 })
    .filter((vector) => vector.some((value) => Math.abs(value) > 1e-3));
  fc.assert(
    fc.property(vectors, (vector) => {
      const { data, scale } = templateFrom('m', vector);
      const length = Math.hypot(...vector);
      const largest = Math.max(...vector.map(Math.abs)) / length;
      t.true(vector.every((value, i) => Math.abs(data[i]! * scale - value / length) <= largest / 254 + 1e-9));
    }),
  );
});
