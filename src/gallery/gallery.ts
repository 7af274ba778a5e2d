import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { assertSameEmbedder, type Template } from '../domain/template.ts';
import type { GallerySnapshot } from './gallery-store.ts';
import { dotProducts, inverseLength, type MatchKernel } from './matcher.ts';

/** A person and how far the probe is from the nearest of their templates. */
export interface Candidate {
  readonly personId: string;
  /** 1 − cosine: 0 is the same direction, 1 unrelated, 2 opposite. */
  readonly distance: number;
}

/** Whom a probe is nearest to, and the nearest person who is someone else: their gap is the margin. */
export interface Ranking {
  /** `null` when nobody can be matched. */
  readonly nearest: Candidate | null;
  /** `null` when only one person can be matched. */
  readonly other: Candidate | null;
}

/** Everything that `rank` reads per comparison, side by side in memory. */
interface Matrix {
  readonly dimensions: number;
  /** `[rows, dimensions] int8`. */
  readonly data: Int8Array;
  /** `[rows] float32`: 1 / length of each row, which makes a dot product a cosine. */
  readonly inverseLengths: Float32Array;
  /** `[rows]`: index into `personIds`. */
  readonly owners: Int32Array;
  readonly personIds: readonly string[];
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
  readonly #matrix: Matrix;
  readonly #kernel: MatchKernel;
  /** Scratch of `rank`, which never yields while it uses it. */
  readonly #dots: Int32Array;

  private constructor(snapshot: GallerySnapshot, kernel: MatchKernel) {
    this.lineage = snapshot.lineage;
    this.version = snapshot.version;
    this.embedder = snapshot.embedder;
    this.people = peopleById(snapshot);
    this.needsReembedding = snapshot.people
      .filter((person) => person.templates.some((template) => template.model !== snapshot.embedder))
      .map((person) => person.id);
    this.#matrix = matrixOf(snapshot);
    this.rows = this.#matrix.owners.length;
    this.#kernel = kernel;
    this.#dots = new Int32Array(this.rows);
  }

  /**
   * @param kernel exact dot products; a faster one may stand in for the plain one
   * @throws LimenError `gallery.corrupt` when an id occurs twice, `template.invalid` when a template has no direction
   *   or another length than the rest.
   */
  static from(snapshot: GallerySnapshot, kernel: MatchKernel = dotProducts): Gallery {
    return new Gallery(snapshot, kernel);
  }

  /** The gallery of a terminal that has never heard from its hub: version 0, nobody in it. */
  static empty(embedder: string): Gallery {
    return Gallery.from({ lineage: '', version: 0, embedder, people: [], erased: {} });
  }

  /**
   * Compare a probe with everyone. Says who is nearest, not whether that is near enough.
   *
   * @throws LimenError `template.foreign-embedder` when another embedder made the probe, `template.invalid` when the
   *   probe has no direction or another length than the gallery's templates.
   */
  rank(probe: Template): Ranking {
    assertSameEmbedder(this.embedder, probe.model);
    const { data, dimensions, inverseLengths, owners, personIds } = this.#matrix;
    if (this.rows === 0) return { nearest: null, other: null };
    const scale = usableInverseLength(probe, dimensions, 'The probe');
    this.#kernel({ matrix: data, probe: probe.data, dots: this.#dots });

    let first = -1;
    let firstCosine = Number.NEGATIVE_INFINITY;
    let second = -1;
    let secondCosine = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < this.rows; row++) {
      const cosine = this.#dots[row]! * inverseLengths[row]!;
      if (cosine <= secondCosine) continue;
      const owner = owners[row]!;
      if (cosine > firstCosine) {
        if (owner !== first) {
          second = first;
          secondCosine = firstCosine;
        }
        first = owner;
        firstCosine = cosine;
      } else if (owner !== first) {
        second = owner;
        secondCosine = cosine;
      }
    }
    const candidate = (owner: number, cosine: number): Candidate | null =>
      owner < 0 ? null : { personId: personIds[owner]!, distance: 1 - cosine * scale };
    return { nearest: candidate(first, firstCosine), other: candidate(second, secondCosine) };
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

function matrixOf(snapshot: GallerySnapshot): Matrix {
  const entries = snapshot.people.flatMap((person, owner) =>
    person.templates
      .filter((template) => template.model === snapshot.embedder)
      .map((template) => ({ owner, template, name: `A template of ${person.id}` })),
  );
  const dimensions = entries[0]?.template.data.length ?? 0;
  const data = new Int8Array(entries.length * dimensions);
  const inverseLengths = new Float32Array(entries.length);
  const owners = new Int32Array(entries.length);
  entries.forEach(({ owner, template, name }, row) => {
    inverseLengths[row] = usableInverseLength(template, dimensions, name);
    data.set(template.data, row * dimensions);
    owners[row] = owner;
  });
  return { dimensions, data, inverseLengths, owners, personIds: snapshot.people.map((person) => person.id) };
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
