/** The templates of a gallery, as a matcher takes them in: it copies the templates and keeps none of those arrays. */
export interface Rows {
  /** Numbers per template. */
  readonly dimensions: number;
  /** Row after row, each `[dimensions] int8`, or several rows of it in one piece. */
  readonly templates: readonly Int8Array[];
  /** `[rows] float32`: 1 / length of each row, which makes a dot product a cosine. */
  readonly inverseLengths: Float32Array;
  /** `[rows] int32`, at least 0: whose row it is. */
  readonly owners: Int32Array;
}

/** Rows `from` up to but without `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The two owners with the greatest cosines, still to be multiplied by the probe's inverse length. An owner is −1 and its
 * cosine −Infinity where there is none. Of equals the first row wins.
 */
export interface BestTwo {
  readonly first: number;
  readonly firstCosine: number;
  readonly second: number;
  readonly secondCosine: number;
}

/** Compares a probe with every row of one gallery. Exact integer sums, so that every matcher gives the same answer. */
export interface Matcher {
  readonly name: 'typescript' | 'wasm-simd';
  /** `[rows, dimensions] int8`: the rows as they lie here, to be read only. `null` where there are gaps between them. */
  readonly matrix: Int8Array | null;
  /** The two best owners over all rows but `skip`. @param probe `[dimensions] int8` */
  bestTwo(probe: Int8Array, skip?: RowRange): BestTwo;
  /** One dot product per row into `out`. @param out `[rows] int32` */
  dots(probe: Int8Array, out: Int32Array): void;
}

/**
 * Build a matcher for a gallery; done once per gallery, when it is swapped in.
 *
 * @param spent a matcher that nobody will ask again: the new one may lie where that did
 */
export type OpenMatcher = (rows: Rows, spent?: Matcher | null) => Matcher;

/** The plain TypeScript matcher, and the reference for the faster one. */
export const openPlainMatcher: OpenMatcher = ({ dimensions, templates, inverseLengths, owners }) => {
  const count = owners.length;
  const data = new Int8Array(count * dimensions);
  let end = 0;
  for (const piece of templates) {
    data.set(piece, end);
    end += piece.length;
  }
  const inverses = Float32Array.from(inverseLengths);
  const ownerOf = Int32Array.from(owners);
  const scratch = new Int32Array(count);

  function dots(probe: Int8Array, out: Int32Array): void {
    dotProducts({ matrix: data, probe, dots: out });
  }

  function bestTwo(probe: Int8Array, skip: RowRange = { from: count, to: count }): BestTwo {
    dots(probe, scratch);
    let [first, firstCosine] = [-1, Number.NEGATIVE_INFINITY];
    let [second, secondCosine] = [-1, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < count; row++) {
      if (row >= skip.from && row < skip.to) continue;
      const cosine = scratch[row]! * inverses[row]!;
      if (!(cosine > secondCosine)) continue;
      const owner = ownerOf[row]!;
      if (cosine > firstCosine) {
        if (owner !== first) [second, secondCosine] = [first, firstCosine];
        [first, firstCosine] = [owner, cosine];
      } else if (owner !== first) [second, secondCosine] = [owner, cosine];
    }
    return { first, firstCosine, second, secondCosine };
  }

  return { name: 'typescript', matrix: data, bestTwo, dots };
};

/** What {@link dotProducts} is given. All arrays belong to the caller and are never kept. */
export interface DotInput {
  /** `[rows, dimensions] int8`, row after row. */
  readonly matrix: Int8Array;
  /** `[dimensions] int8`. */
  readonly probe: Int8Array;
  /** `[rows] int32`: receives one dot product per row. */
  readonly dots: Int32Array;
}

/**
 * Dot products of one probe with every row of a matrix.
 * Four sums side by side, because one sum makes every addition wait for the one before it.
 */
export function dotProducts({ matrix, probe, dots }: DotInput): void {
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
}

/** 1 / length of an int8 vector, `Infinity` for the zero vector. */
export function inverseLength(vector: Int8Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  return 1 / Math.sqrt(squares);
}
