import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { assertSameEmbedder, type Template } from '../domain/template.ts';
import { emptySnapshot, type GallerySnapshot } from './gallery-store.ts';
import { inverseLength, type Matcher, type OpenMatcher, type RowRange, type Rows } from './matcher.ts';
import { openFastestMatcher } from './wasm-matcher.ts';

/** A person and how far the probe is from the nearest of their templates. */
export interface Candidate {
  readonly personId: string;
  /** 1 − cosine: 0 is the same direction, 1 unrelated, 2 opposite. */
  readonly distance: number;
}

/** One template near a probe. */
export interface NearTemplate extends Candidate {
  /** Its row: people in their order, each with the templates of this gallery's embedder in theirs. */
  readonly row: number;
}

/** Whom a probe is nearest to, and the nearest person who is someone else: their gap is the margin. */
export interface Ranking {
  /** `null` when nobody can be matched. */
  readonly nearest: Candidate | null;
  /** `null` when only one person can be matched. */
  readonly other: Candidate | null;
}

/**
 * Who is known, ready to be matched. Immutable: a change makes a new gallery that replaces the old one whole,
 * so a match never sees half of an update.
 */
export class Gallery {
  readonly lineage: string;
  readonly version: number;
  readonly embedder: string;
  /** Everyone by id, matchable or not. */
  readonly people: ReadonlyMap<string, Person>;
  /** How many templates a probe is compared with: the N of the predicted FPIR. */
  readonly rows: number;
  /** Ids of people with a template of another embedder: it is kept and never matched until it is made anew. */
  readonly needsReembedding: readonly string[];
  readonly #personIds: readonly string[];
  readonly #dimensions: number;
  readonly #matcher: Matcher;
  readonly #inverseLengths: Float32Array;
  readonly #owners: Int32Array;
  /** Person id -> the rows of that person, which lie together. */
  readonly #ranges: ReadonlyMap<string, RowRange>;

  private constructor(snapshot: GallerySnapshot, openMatcher: OpenMatcher) {
    this.lineage = snapshot.lineage;
    this.version = snapshot.version;
    this.embedder = snapshot.embedder;
    this.people = peopleById(snapshot);
    this.needsReembedding = snapshot.people
      .filter((person) => person.templates.some((template) => template.model !== snapshot.embedder))
      .map((person) => person.id);
    const rows = rowsOf(snapshot);
    this.rows = rows.templates.length;
    this.#dimensions = rows.dimensions;
    this.#inverseLengths = rows.inverseLengths;
    this.#owners = rows.owners;
    this.#personIds = snapshot.people.map((person) => person.id);
    this.#ranges = rangesOf(rows.owners, this.#personIds);
    this.#matcher = openMatcher(rows);
  }

  /**
   * @param openMatcher builds the matcher; every one gives the same answers
   * @throws LimenError `gallery.corrupt` when an id occurs twice, `template.invalid` when a template has no direction
   *   or another length than the rest.
   */
  static from(snapshot: GallerySnapshot, openMatcher: OpenMatcher = openFastestMatcher): Gallery {
    return new Gallery(snapshot, openMatcher);
  }

  /** The gallery over {@link emptySnapshot}. */
  static empty(embedder: string): Gallery {
    return Gallery.from(emptySnapshot(embedder));
  }

  /**
   * Compare a probe with everyone. Says who is nearest, not whether that is near enough.
   *
   * @param options.without a person to leave out, as if they were not enrolled
   * @throws LimenError `template.foreign-embedder` when another embedder made the probe, `template.invalid` when the
   *   probe has no direction or another length than the gallery's templates.
   */
  rank(probe: Template, options: { readonly without?: string } = {}): Ranking {
    assertSameEmbedder(this.embedder, probe.model);
    if (this.rows === 0) return { nearest: null, other: null };
    const scale = usableInverseLength(probe, this.#dimensions, 'The probe');
    const skip = options.without === undefined ? undefined : this.#ranges.get(options.without);
    const { first, firstCosine, second, secondCosine } = this.#matcher.bestTwo(probe.data, skip);
    const candidate = (owner: number, cosine: number): Candidate | null =>
      owner < 0 ? null : { personId: this.#personIds[owner]!, distance: 1 - cosine * scale };
    return { nearest: candidate(first, firstCosine), other: candidate(second, secondCosine) };
  }

  /**
   * Every template that is at most `distance` from the probe, in the order of the gallery.
   *
   * @throws LimenError as {@link rank}.
   */
  within(probe: Template, distance: number): NearTemplate[] {
    assertSameEmbedder(this.embedder, probe.model);
    if (this.rows === 0) return [];
    const scale = usableInverseLength(probe, this.#dimensions, 'The probe');
    const dots = new Int32Array(this.rows);
    this.#matcher.dots(probe.data, dots);
    const found: NearTemplate[] = [];
    for (let row = 0; row < this.rows; row++) {
      const apart = 1 - dots[row]! * this.#inverseLengths[row]! * scale;
      if (apart <= distance) found.push({ row, personId: this.#personIds[this.#owners[row]!]!, distance: apart });
    }
    return found;
  }
}

function peopleById(snapshot: GallerySnapshot): ReadonlyMap<string, Person> {
  const people = new Map<string, Person>();
  for (const person of snapshot.people) {
    if (people.has(person.id)) {
      throw new LimenError('gallery.corrupt', `The gallery holds the person ${person.id} twice.`, {
        hint: 'Publish the gallery again from the hub.',
      });
    }
    people.set(person.id, person);
  }
  return people;
}

function rowsOf(snapshot: GallerySnapshot): Rows {
  const entries = snapshot.people.flatMap((person, owner) =>
    person.templates
      .filter((template) => template.model === snapshot.embedder)
      .map((template) => ({ owner, template, name: `A template of ${person.id}` })),
  );
  const dimensions = entries[0]?.template.data.length ?? 0;
  return {
    dimensions,
    templates: entries.map(({ template }) => template.data),
    inverseLengths: Float32Array.from(entries, ({ template, name }) => usableInverseLength(template, dimensions, name)),
    owners: Int32Array.from(entries, ({ owner }) => owner),
  };
}

function rangesOf(owners: Int32Array, personIds: readonly string[]): ReadonlyMap<string, RowRange> {
  const ranges = new Map<string, RowRange>();
  for (let from = 0, to = 0; from < owners.length; from = to) {
    while (to < owners.length && owners[to] === owners[from]) to += 1;
    ranges.set(personIds[owners[from]!]!, { from, to });
  }
  return ranges;
}

function usableInverseLength(template: Template, dimensions: number, name: string): number {
  if (template.data.length !== dimensions) {
    const lengths = `${template.data.length} numbers instead of ${dimensions}`;
    throw new LimenError('template.invalid', `${name} has ${lengths}.`, { hint: reenrol });
  }
  const inverse = inverseLength(template.data);
  if (inverse === Number.POSITIVE_INFINITY) {
    throw new LimenError('template.invalid', `${name} is all zero and points nowhere.`, { hint: reenrol });
  }
  return inverse;
}

const reenrol = 'Enrol this person again; if it happens at the camera, run "limen doctor" to check the model files.';
