import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { assertSameEmbedder, type Template } from '../domain/template.ts';
import { areSorted } from './gallery-changes.ts';
import { type EarlierRows, type GalleryRows, galleryRows, usableInverseLength } from './gallery-rows.ts';
import { emptySnapshot, type GallerySnapshot } from './gallery-store.ts';
import type { Matcher, OpenMatcher, RowRange } from './matcher.ts';
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
  /** How many people a probe is compared with: those with a face that this embedder knows. */
  readonly faces: number;
  /** How many templates a probe is compared with: the N of the predicted FPIR. */
  readonly rows: number;
  /** Ids of people with a template of another embedder: it is kept and never matched until it is made anew. */
  readonly needsReembedding: readonly string[];
  readonly #rows: GalleryRows;
  readonly #openMatcher: OpenMatcher;
  #people: ReadonlyMap<string, Person> | null;
  #matcher: Matcher | null;
  /** The gallery that this one followed, for as long as somebody has it. */
  #followed: WeakRef<Gallery> | null = null;

  private constructor(snapshot: GallerySnapshot, openMatcher: OpenMatcher, from: From) {
    this.lineage = snapshot.lineage;
    this.version = snapshot.version;
    this.embedder = snapshot.embedder;
    this.#people = areSorted(snapshot.people) ? null : peopleById(snapshot.people);
    const { index, templates } = galleryRows(snapshot, from.before);
    this.#rows = index;
    this.needsReembedding = index.needsReembedding;
    this.rows = index.owners.length;
    const { firstRows } = index;
    this.faces = snapshot.people.filter((_, i) => firstRows[i + 1]! > firstRows[i]!).length;
    this.#openMatcher = openMatcher;
    this.#matcher = openMatcher({ ...index, templates }, from.spent);
  }

  /** Everyone by id, matchable or not. */
  get people(): ReadonlyMap<string, Person> {
    this.#people ??= peopleById(this.#rows.people);
    return this.#people;
  }

  /**
   * @param openMatcher builds the matcher; every one gives the same answers
   * @throws LimenError `gallery.corrupt` when an id occurs twice, `template.invalid` when a template has no direction
   *   or another length than the rest.
   */
  static from(snapshot: GallerySnapshot, openMatcher: OpenMatcher = openFastestMatcher): Gallery {
    return new Gallery(snapshot, openMatcher, { before: null, spent: null });
  }

  /**
   * The same as {@link from}, sooner the more people `snapshot` and this gallery have in common. The gallery that this
   * one followed in its turn gives its memory away: it is out of use, and whoever asks it all the same waits until it has
   * been built anew. @throws as {@link from}.
   */
  followedBy(snapshot: GallerySnapshot): Gallery {
    const { matrix } = this.#asked();
    const followed = this.#followed?.deref();
    this.#followed = null;
    const spent = followed === undefined ? null : followed.#spend();
    const next = new Gallery(snapshot, this.#openMatcher, { before: matrix && { ...this.#rows, matrix }, spent });
    next.#followed = new WeakRef(this);
    return next;
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
    const scale = usableInverseLength(probe, this.#rows.dimensions, null);
    const skip = options.without === undefined ? undefined : this.#rangeOf(options.without);
    const { first, firstCosine, second, secondCosine } = this.#asked().bestTwo(probe.data, skip);
    const candidate = (owner: number, cosine: number): Candidate | null =>
      owner < 0 ? null : { personId: this.#rows.people[owner]!.id, distance: distanceOf(cosine * scale) };
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
    const scale = usableInverseLength(probe, this.#rows.dimensions, null);
    const dots = new Int32Array(this.rows);
    this.#asked().dots(probe.data, dots);
    const { people, owners, inverseLengths } = this.#rows;
    const found: NearTemplate[] = [];
    for (let row = 0; row < this.rows; row++) {
      const apart = distanceOf(dots[row]! * inverseLengths[row]! * scale);
      if (apart <= distance) found.push({ row, personId: people[owners[row]!]!.id, distance: apart });
    }
    return found;
  }

  #asked(): Matcher {
    this.#matcher ??= this.#openMatcher({ ...this.#rows, templates: galleryRows(this.#rows, null).templates });
    return this.#matcher;
  }

  #spend(): Matcher | null {
    const matcher = this.#matcher;
    this.#matcher = null;
    return matcher;
  }

  #rangeOf(personId: string): RowRange | undefined {
    const person = this.people.get(personId);
    const { people, firstRows } = this.#rows;
    const at = person === undefined ? -1 : people.indexOf(person);
    return at < 0 ? undefined : { from: firstRows[at]!, to: firstRows[at + 1]! };
  }
}

/** 1 − cosine, 0 to 2. Lengths are float32, so that the cosine of a template and itself may come out a little above 1. */
function distanceOf(cosine: number): number {
  return Math.max(0, 1 - cosine);
}

/** What a gallery may make use of. */
interface From {
  readonly before: EarlierRows | null;
  readonly spent: Matcher | null;
}

function peopleById(everyone: readonly Person[]): ReadonlyMap<string, Person> {
  const people = new Map<string, Person>();
  for (const person of everyone) {
    const before = people.size;
    people.set(person.id, person);
    if (people.size === before) {
      throw new LimenError('gallery.corrupt', `The gallery holds the person ${person.id} twice.`, {
        hint: 'Publish the gallery again from the hub.',
      });
    }
  }
  return people;
}
