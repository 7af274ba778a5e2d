import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import type { GallerySnapshot } from './gallery-store.ts';
import { inverseLength, type RowRange, type Rows } from './matcher.ts';

/** Whose row is which: the templates of everybody are rows, person after person. */
export interface GalleryRows extends Omit<Rows, 'templates'> {
  readonly embedder: string;
  readonly people: readonly Person[];
  /** `[people + 1] int32`: person i has the rows `firstRows[i]` up to but without `firstRows[i + 1]`. */
  readonly firstRows: Int32Array;
  /** Ids of people with a template of another embedder. */
  readonly needsReembedding: readonly string[];
}

/** Rows that are there already, and lie one after another without a gap. */
export type EarlierRows = GalleryRows & {
  /** `[rows, dimensions] int8` */
  readonly matrix: Int8Array;
};

/** The rows, and their templates for the matcher: whoever keeps those keeps the memory of the gallery before as well. */
export interface CollectedRows {
  readonly index: GalleryRows;
  readonly templates: Rows['templates'];
}

/**
 * The rows of a gallery. Whoever is the same object in `before` is copied from there, whole stretches at a time: a change
 * of one person must not cost a look at the templates of everybody, which lie all over the memory.
 *
 * @throws LimenError `template.invalid` when a template has no direction or another length than the rest.
 */
export function galleryRows(
  snapshot: Pick<GallerySnapshot, 'embedder' | 'people'>,
  before: EarlierRows | null,
): CollectedRows {
  const { people, embedder } = snapshot;
  const known = before?.embedder === embedder && before.owners.length > 0 ? before : null;
  const foreign = new Set(known?.needsReembedding);
  const find = finder(known?.people ?? []);
  const rows = new RowCollector(known);
  const firstRows = new Int32Array(people.length + 1);
  const needsReembedding: string[] = [];
  for (let owner = 0; owner < people.length; owner++) {
    const person = people[owner]!;
    firstRows[owner] = rows.count;
    const at = find(person);
    if (at >= 0) rows.copy(owner, at);
    else if (!rows.add(owner, person, embedder)) return galleryRows(snapshot, null);
    const isForeign = at >= 0 ? foreign.has(person.id) : person.templates.some(({ model }) => model !== embedder);
    if (isForeign) needsReembedding.push(person.id);
  }
  firstRows[people.length] = rows.count;
  const { templates, ...ended } = rows.end();
  return { index: { embedder, people, firstRows, needsReembedding, ...ended }, templates };
}

class RowCollector {
  readonly #known: EarlierRows | null;
  readonly #templates: Int8Array[] = [];
  #owners: Int32Array;
  #inverseLengths: Float32Array;
  #count = 0;
  #dimensions: number;
  /** Rows of `known` that follow one another here as well, and are not copied yet. */
  #stretch: RowRange = { from: 0, to: 0 };

  constructor(known: EarlierRows | null) {
    this.#known = known;
    this.#dimensions = known?.dimensions ?? 0;
    // A change of one person mostly leaves as many rows as there were.
    const room = (known?.owners.length ?? 0) + spareRows;
    this.#owners = new Int32Array(room);
    this.#inverseLengths = new Float32Array(room);
  }

  get count(): number {
    return this.#count;
  }

  /** The rows of the person who is `at` that place of the earlier rows. */
  copy(owner: number, at: number): void {
    const { firstRows, inverseLengths } = this.#known!;
    const [from, to] = [firstRows[at]!, firstRows[at + 1]!];
    if (this.#stretch.to !== from) this.#endStretch();
    this.#stretch = { from: this.#stretch.to === from ? this.#stretch.from : from, to };
    for (let row = from; row < to; row++) this.#add(owner, inverseLengths[row]!);
  }

  /** `false` when a template is of another length than the earlier rows: then those are of no use. */
  add(owner: number, person: Person, embedder: string): boolean {
    this.#endStretch();
    for (const template of person.templates) {
      if (template.model !== embedder) continue;
      const { length } = template.data;
      if (this.#known !== null && length !== this.#dimensions) return false;
      if (this.#count === 0) this.#dimensions = length;
      this.#add(owner, usableInverseLength(template, this.#dimensions, person));
      this.#templates.push(template.data);
    }
    return true;
  }

  end(): Rows {
    this.#endStretch();
    return {
      dimensions: this.#count === 0 ? 0 : this.#dimensions,
      templates: this.#templates,
      inverseLengths: this.#inverseLengths.subarray(0, this.#count),
      owners: this.#owners.subarray(0, this.#count),
    };
  }

  #add(owner: number, inverseLength: number): void {
    if (this.#count === this.#owners.length) {
      const [owners, inverseLengths] = [this.#owners, this.#inverseLengths];
      this.#owners = new Int32Array(2 * owners.length);
      this.#inverseLengths = new Float32Array(2 * owners.length);
      this.#owners.set(owners);
      this.#inverseLengths.set(inverseLengths);
    }
    this.#owners[this.#count] = owner;
    this.#inverseLengths[this.#count] = inverseLength;
    this.#count++;
  }

  #endStretch(): void {
    const { from, to } = this.#stretch;
    if (to > from) this.#templates.push(this.#known!.matrix.subarray(from * this.#dimensions, to * this.#dimensions));
    this.#stretch = { from: 0, to: 0 };
  }
}

/** Rows there is room for beyond those that a gallery had before. */
const spareRows = 64;

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
