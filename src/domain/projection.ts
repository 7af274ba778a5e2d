import { assertSameEmbedder, type Template, templateFrom } from './template.ts';

/**
 * A linear map that a site has learned for its own people: what of an embedder's templates tells them apart is kept,
 * what does not is made smaller. Versioned like an embedder: projected templates meet only one another.
 */
export interface Projection {
  /** `<base>+<8 hexadecimal digits>`: the model of the templates that come out. */
  readonly id: string;
  /** The embedder whose templates go in. */
  readonly base: string;
  /** `[dimensions, dimensions] float32`, row after row: out = matrix · in. */
  readonly matrix: Float32Array;
}

/**
 * The template as the projection has it; one that it made already stays as it is.
 *
 * @throws LimenError `template.foreign-embedder` when it comes from another embedder than the projection's.
 */
export function projectTemplate({ id, base, matrix }: Projection, template: Template): Template {
  if (template.model === id) return template;
  assertSameEmbedder(base, template.model);
  // The length follows from the direction, so the scale may be left out.
  return templateFrom(id, timesMatrix(matrix, template.data));
}

/** matrix · vector, for a square matrix. */
export function timesMatrix(matrix: Float32Array, vector: ArrayLike<number>): Float32Array {
  const dimensions = vector.length;
  const result = new Float32Array(dimensions);
  for (let row = 0; row < dimensions; row++) {
    let sum = 0;
    for (let i = 0; i < dimensions; i++) sum += (matrix[row * dimensions + i] as number) * (vector[i] as number);
    result[row] = sum;
  }
  return result;
}
