import { LimenError } from './errors.ts';

/**
 * A face as numbers: a unit-norm vector, quantized to int8 with one scale.
 * The original value of element i is `data[i] * scale`.
 */
export interface Template {
  /** Id of the embedder that made it. Templates of different embedders never meet. */
  readonly model: string;
  /** `[dimensions] int8`. */
  readonly data: Int8Array;
  readonly scale: number;
}

/**
 * Stands in a message where somebody without a face would have templates. The first limens refuse a record that has none,
 * and with it every later version of the gallery; this is a template of an embedder that nobody has, which they keep and
 * never compare. It says nothing about anybody.
 */
export const noTemplate: Template = { model: 'none', data: Int8Array.of(1), scale: 1 };

/** Templates without the {@link noTemplate} that stands for none. */
export function realTemplates(templates: readonly Template[]): readonly Template[] {
  return templates.filter(({ model }) => model !== noTemplate.model);
}

/**
 * Quantize an embedding of any length to a unit-norm int8 template. The largest element uses the full range,
 * so the rounding error is at most `max / 254` per element.
 *
 * @throws LimenError `template.invalid` when the vector is empty, all zero or holds a number that is not finite.
 */
export function templateFrom(model: string, embedding: ArrayLike<number>): Template {
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < embedding.length; i++) {
    const value = embedding[i] as number;
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  const norm = Math.sqrt(squares);
  if (!(norm > 0) || !Number.isFinite(norm)) {
    throw new LimenError('template.invalid', `The embedder ${model} returned a vector without a direction.`, {
      hint: 'The picture or the model file is damaged: run `limen doctor`.',
    });
  }
  const data = new Int8Array(embedding.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(((embedding[i] as number) * 127) / largest);
  return { model, data, scale: largest / 127 / norm };
}

/**
 * 1 − cosine of two templates: 0 is the same direction, 1 unrelated, 2 opposite.
 *
 * @throws LimenError `template.foreign-embedder` when they come from different embedders.
 */
export function cosineDistance(a: Template, b: Template): number {
  assertSameEmbedder(a.model, b.model);
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.data.length; i++) {
    const x = a.data[i] as number;
    const y = b.data[i] as number;
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return 1 - dot / Math.sqrt(squaresA * squaresB);
}

/**
 * The mean direction of several templates of one face: averaging independent frames lowers the noise of each.
 *
 * @throws LimenError `template.invalid` for none, `template.foreign-embedder` for a mixture.
 */
export function fuseTemplates(templates: readonly Template[]): Template {
  const first = templates[0];
  if (first === undefined) throw new LimenError('template.invalid', 'No template to fuse.');
  const sum = new Float64Array(first.data.length);
  for (const template of templates) {
    assertSameEmbedder(first.model, template.model);
    for (let i = 0; i < sum.length; i++) sum[i]! += (template.data[i] as number) * template.scale;
  }
  return templateFrom(first.model, sum);
}

/**
 * The length of the mean of several unit vectors (the mean resultant length of directional statistics; Mardia & Jupp
 * 2000): 1 when they all point the same way, less the more they differ. Times the cosine of the fused template it is the
 * mean of the templates' cosines.
 *
 * @throws LimenError `template.invalid` for none, `template.foreign-embedder` for a mixture.
 */
export function meanLength(templates: readonly Template[]): number {
  const first = templates[0];
  if (first === undefined) throw new LimenError('template.invalid', 'No template to take the mean of.');
  const sum = new Float64Array(first.data.length);
  for (const { model, data } of templates) {
    assertSameEmbedder(first.model, model);
    let squares = 0;
    for (const value of data) squares += value * value;
    const share = 1 / Math.sqrt(squares) / templates.length;
    for (let i = 0; i < sum.length; i++) sum[i]! += data[i]! * share;
  }
  return Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
}

/** @throws LimenError `template.foreign-embedder` when the ids differ. */
export function assertSameEmbedder(expected: string, actual: string): void {
  if (expected === actual) return;
  throw new LimenError('template.foreign-embedder', `A template of ${actual} cannot be compared with ${expected}.`, {
    hint: 'Enrol these people again from their pictures with the pack in use, or switch back to the pack they were enrolled with.',
  });
}
