/** What a matching kernel is given. All arrays belong to the caller and are never kept. */
export interface KernelInput {
  /** `[rows, dimensions] int8`, row after row. */
  readonly matrix: Int8Array;
  /** `[dimensions] int8`. */
  readonly probe: Int8Array;
  /** `[rows] int32`: receives one dot product per row. */
  readonly dots: Int32Array;
}

/** Dot products of one probe with every row of a gallery; exact integers, so that every kernel gives the same answer. */
export type MatchKernel = (input: KernelInput) => void;

/**
 * The plain TypeScript kernel, and the reference for faster ones.
 * Four sums side by side, because one sum makes every addition wait for the one before it.
 */
export const dotProducts: MatchKernel = ({ matrix, probe, dots }) => {
  const dimensions = probe.length;
  const unrolled = dimensions - (dimensions % 4);
  // Widened once here instead of once per row and element.
  const wide = Int32Array.from(probe);
  for (let row = 0, start = 0; row < dots.length; row++, start += dimensions) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < unrolled; i += 4) {
      a = (a + Math.imul(matrix[start + i]!, wide[i]!)) | 0;
      b = (b + Math.imul(matrix[start + i + 1]!, wide[i + 1]!)) | 0;
      c = (c + Math.imul(matrix[start + i + 2]!, wide[i + 2]!)) | 0;
      d = (d + Math.imul(matrix[start + i + 3]!, wide[i + 3]!)) | 0;
    }
    for (let i = unrolled; i < dimensions; i++) a = (a + Math.imul(matrix[start + i]!, wide[i]!)) | 0;
    dots[row] = a + b + c + d;
  }
};

/** 1 / length of an int8 vector, `Infinity` for the zero vector. */
export function inverseLength(vector: Int8Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  return 1 / Math.sqrt(squares);
}
