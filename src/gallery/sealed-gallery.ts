import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { LimenError } from '../domain/errors.ts';
import { packTemplate } from '../domain/packed-template.ts';
import type { Person } from '../domain/person.ts';
import { galleryFormat, keyCheckOf, type Since, sealOf, writableSchema } from './gallery-document.ts';
import type { GallerySnapshot } from './gallery-store.ts';

/** What a {@link SealedGallery} is made of. */
export interface SealedGalleryOptions {
  readonly snapshot: GallerySnapshot;
  /** 32 bytes. */
  readonly key: Buffer;
  /** For a file of changes. */
  readonly since?: Since;
}

/** So many people are made into text, and so much text into one write, at a time: 10,000 people are 11 MB of it. */
const peopleAtOnce = 64;
const pieceLength = 256 * 1024;

/**
 * A snapshot as the text of its file, piece by piece: a gallery that is written whole needs no second gallery's worth of
 * memory. Going through it again gives the same text.
 *
 * The templates of everyone are one sealed block under one random nonce, so that AES-GCM's limit of 2^32 nonces per key
 * (NIST SP 800-38D §8.3) counts writes and not templates.
 */
export class SealedGallery implements Iterable<string> {
  readonly #options: SealedGalleryOptions;
  readonly #nonce = randomBytes(12);
  #tag: string | null = null;

  /**
   * @throws LimenError `gallery.message-invalid` for people that could not be read back: better refused now than after
   *   the next start.
   */
  constructor(options: SealedGalleryOptions) {
    this.#options = options;
    assertWritable(options.snapshot.people);
  }

  /** {@link sealOf} the document, which is known once somebody has gone through the text. */
  get seal(): string {
    if (this.#tag === null) throw new TypeError('A gallery has its seal when it is written.');
    return sealOf({ nonce: this.#nonce.toString('base64'), tag: this.#tag });
  }

  [Symbol.iterator](): Generator<string> {
    return inPieces(this.#text());
  }

  /** The checksum comes last: it is only known then. */
  *#text(): Generator<string> {
    const hash = createHash('sha256');
    yield '{"document":';
    for (const piece of this.#document()) {
      hash.update(piece);
      yield piece;
    }
    yield `,"checksum":"${hash.digest('hex')}"}\n`;
  }

  *#document(): Generator<string> {
    const cipher = createCipheriv('aes-256-gcm', this.#options.key, this.#nonce);
    for (const piece of readable(this.#options)) {
      cipher.setAAD(Buffer.from(piece));
      yield piece;
    }
    // What is authenticated is an object of its own.
    cipher.setAAD(Buffer.from('}'));
    yield `,"templates":{"nonce":"${this.#nonce.toString('base64')}","sealed":"`;
    yield cipher.update('[', 'utf8', 'base64');
    for (const piece of listed(this.#options.snapshot.people, secretOf)) yield cipher.update(piece, 'utf8', 'base64');
    yield cipher.update(']', 'utf8', 'base64') + cipher.final('base64');
    this.#tag = cipher.getAuthTag().toString('base64');
    yield `","tag":"${this.#tag}"}}`;
  }
}

/** The document up to what is sealed, without the brace at its end. */
function* readable({ snapshot, key, since }: SealedGalleryOptions): Generator<string> {
  const { lineage, version, embedder, embedders, people, erased } = snapshot;
  const before = { format: galleryFormat, lineage, version, embedder, embedders };
  yield `${JSON.stringify(before).slice(0, -1)},"people":[`;
  yield* listed(people, openlyOf);
  const after = { erased: Object.entries(erased), since, keyCheck: keyCheckOf(key) };
  yield `],${JSON.stringify(after).slice(1, -1)}`;
}

/** The elements of a JSON array, some at a time. */
function* listed(people: readonly Person[], what: (person: Person) => object): Generator<string> {
  for (let from = 0; from < people.length; from += peopleAtOnce) {
    const some = JSON.stringify(people.slice(from, from + peopleAtOnce).map(what)).slice(1, -1);
    yield from === 0 ? some : `,${some}`;
  }
}

function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** What is read back has its fields in this order, and is authenticated as it then stands there. */
function openlyOf({ id, name, groups, validFrom, validUntil, version, extendedPulse }: Person) {
  return { id, name, groups, validFrom, validUntil, version, extendedPulse };
}

function secretOf({ templates, pinHash, duressPinHash, cards }: Person) {
  return { templates: templates.map(packTemplate), pinHash, duressPinHash, cards };
}

/** People who could be read back. One change must not cost a look at everybody's templates: most are as they were. */
const sound = new WeakSet<Person>();

function assertWritable(people: readonly Person[]): void {
  for (const person of people) {
    if (sound.has(person)) continue;
    const result = writableSchema.safeParse({ ...person, templates: person.templates.map(packTemplate) });
    if (!result.success) throw unwritable(person.id, result.error.issues[0]!);
    sound.add(person);
  }
}

function unwritable(id: string, { path, message }: { path: PropertyKey[]; message: string }): LimenError {
  const what = `person ${id}, ${path.join('.')}: ${message}`;
  return new LimenError('gallery.message-invalid', `The gallery cannot be stored: ${what}.`, {
    hint: 'Correct this person on the hub and publish again.',
  });
}
