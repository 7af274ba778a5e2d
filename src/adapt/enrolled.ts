import type { Template } from '../domain/template.ts';

/** Templates as rows of unit length, and whose each is. */
export interface Enrolled {
  readonly dimensions: number;
  /** `[rows, dimensions] float32`. */
  readonly rows: Float32Array;
  /** `[rows]`: index of the person. */
  readonly owners: Int32Array;
}

/** All templates of one embedder, person after person. */
export function enrolledFrom(people: readonly (readonly Template[])[]): Enrolled {
  const entries = people.flatMap((templates, owner) => templates.map((template) => ({ owner, template })));
  const dimensions = entries[0]?.template.data.length ?? 0;
  const rows = new Float32Array(entries.length * dimensions);
  entries.forEach(({ template: { data, scale } }, row) => {
    for (let i = 0; i < dimensions; i++) rows[row * dimensions + i] = (data[i] as number) * scale;
  });
  return { dimensions, rows, owners: Int32Array.from(entries, ({ owner }) => owner) };
}
