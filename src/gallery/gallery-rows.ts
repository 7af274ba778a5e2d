import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import type { GallerySnapshot } from './gallery-store.ts';
import { inverseLength, type RowRange, type Rows } from './matcher.ts';

/** The templates of everybody as rows, person after person. */
export interface GalleryRows {
  readonly embedder: string;
  readonly people: readonly Person[];
  /** `[people + 1] int32`: person i has the rows `firstRows[i]` up to but without `firstRows[i + 1]`. */
  readonly firstRows: Int32Array;
  /** What a matcher is made of. */
  readonly rows: Rows;
  /** Ids of people with a template of another embedder. */
  readonly needsReembedding: readonly string[];
}

/** Rows that are there already, and lie one after another without a gap. */
export type EarlierRows = GalleryRows & {
  /** `[rows, dimensions] int8` */
  readonly matrix: Int8Array;
};

/**
 * The rows of a gallery. Whoever is the same object in `before` is copied from there, whole stretches at a time: a change
 * of one person must not cost a look at the templates of everybody, which lie all over the memory.
 *
 * @throws LimenError `template.invalid` when a template has no direction or another length than the rest.
 */
export function galleryRows({ people, embedder }: GallerySnapshot, before: EarlierRows | null): GalleryRows {
  const templates: Int8Array[] = [];
  const owners: number[] = [];
  const inverseLengths: number[] = [];
  const firstRows = new Int32Array(people.length + 1);
  const needsReembedding: string[] = [];
  const known = before?.embedder === embedder ? before : null;
  const foreign = new Set(known?.needsReembedding);
  const find = finder(known?.people ?? []);
  let dimensions = known?.rows.dimensions ?? 0;
  /** Rows of `known` that follow one another here as well, and are not copied yet. */
  let stretch: RowRange = { from: 0, to: 0 };
  const copyStretch = () => {
    if (known !== null && stretch.to > stretch.from)
      templates.push(known.matrix.subarray(stretch.from * dimensions, stretch.to * dimensions));
    stretch = { from: 0, to: 0 };
  };

  people.forEach((person, owner) => {
    firstRows[owner] = owners.length;
    const at = find(person);
    if (known !== null && at >= 0) {
      const [from, to] = [known.firstRows[at]!, known.firstRows[at + 1]!];
      if (stretch.to !== from) copyStretch();
      stretch = { from: stretch.to === from ? stretch.from : from, to };
      for (let row = from; row < to; row++) {
        owners.push(owner);
        inverseLengths.push(known.rows.inverseLengths[row]!);
      }
      if (foreign.has(person.id)) needsReembedding.push(person.id);
      return;
    }
    copyStretch();
    for (const template of person.templates) {
      if (template.model !== embedder) continue;
      if (owners.length === 0) dimensions = template.data.length;
      inverseLengths.push(usableInverseLength(template, dimensions, person));
      templates.push(template.data);
      owners.push(owner);
    }
    if (person.templates.some(({ model }) => model !== embedder)) needsReembedding.push(person.id);
  });
  copyStretch();
  firstRows[people.length] = owners.length;
  const rows = {
    ...{ dimensions: owners.length === 0 ? 0 : dimensions, templates },
    ...{ inverseLengths: new Float32Array(inverseLengths), owners: new Int32Array(owners) },
  };
  return { embedder, people, firstRows, rows, needsReembedding };
}

/** Where somebody is among `people`, or -1, for questions in about the order of `people`: both are sorted by id. */
function finder(people: readonly Person[]): (person: Person) => number {
  let next = 0;
  return (person) => {
    if (people[next] !== person) while (next < people.length && people[next]!.id < person.id) next++;
    return people[next] === person ? next++ : -1;
  };
}

/**
 * 1 / length of a template.
 *
 * @param of whose it is; `null` for a probe
 * @throws LimenError `template.invalid` when it has no direction or another length than `dimensions`.
 */
export function usableInverseLength(template: Template, dimensions: number, of: Person | null): number {
  if (template.data.length !== dimensions) {
    throw unusable(of, `has ${template.data.length} numbers instead of ${dimensions}`);
  }
  const inverse = inverseLength(template.data);
  if (inverse === Number.POSITIVE_INFINITY) throw unusable(of, 'is all zero and points nowhere');
  return inverse;
}

function unusable(of: Person | null, why: string): LimenError {
  const which = of === null ? 'The probe' : `A template of ${of.id}`;
  return new LimenError('template.invalid', `${which} ${why}.`, {
    hint: 'Enrol this person again; if it happens at the camera, run "limen doctor" to check the model files.',
  });
}
