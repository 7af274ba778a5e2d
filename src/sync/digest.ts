import { createHash } from 'node:crypto';
import type { Person } from '../domain/person.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';

/** What a digest is taken over: a record without its content. One (id, version) is signed with one content only. */
export interface RecordStamp {
  readonly id: string;
  readonly version: number;
  readonly kind: 'person' | 'erased';
  /** Name of its bucket, where that was worked out already. */
  readonly bucket?: string;
}

/** How many buckets the people of a gallery are spread over. */
export const bucketCount = 256;

/** The bucket of a person: the first byte of SHA-256 over the id, so that buckets fill evenly whatever ids look like. */
export function bucketOf(personId: string): number {
  return createHash('sha256').update(personId).digest()[0] as number;
}

/** A bucket's name on the wire: two hex digits. */
export function bucketName(bucket: number): string {
  return bucket.toString(16).padStart(2, '0');
}

/** A bucket's list: one line `id version kind` per record, the erased ones included, sorted. Empty for an empty bucket. */
export function bucketList(stamps: Iterable<RecordStamp>): string {
  return Array.from(stamps, ({ id, version, kind }) => `${id} ${version} ${kind}\n`)
    .sort()
    .join('');
}

/** The first 128 bits of SHA-256 over a {@link bucketList}, base64url: nobody finds a second list with the same. */
export function listDigest(list: string): string {
  return createHash('sha256').update(list).digest().subarray(0, 16).toString('base64url');
}

/** Digest of a bucket; `null` for one without any record. */
export function bucketDigest(stamps: Iterable<RecordStamp>): string | null {
  const list = bucketList(stamps);
  return list === '' ? null : listDigest(list);
}

/** The records in a {@link bucketList}; `null` for a text that is none. */
export function stampsIn(list: string): RecordStamp[] | null {
  const stamps: RecordStamp[] = [];
  for (const line of list.slice(0, -1).split('\n')) {
    const [, id = '', version, kind] = linePattern.exec(line) ?? [];
    if (kind !== 'person' && kind !== 'erased') return null;
    stamps.push({ id, version: Number(version), kind });
  }
  return list.endsWith('\n') ? stamps : null;
}

const linePattern = /^([\w-][\w.-]{0,63}) ([1-9]\d{0,14}) (person|erased)$/;

/** The digests of all buckets that hold a record, by name, as the head carries them. */
export function bucketDigests(stamps: Iterable<RecordStamp>): Record<string, string> {
  const buckets = new Map<string, RecordStamp[]>();
  for (const stamp of stamps) {
    const name = stamp.bucket ?? bucketName(bucketOf(stamp.id));
    const bucket = buckets.get(name);
    if (bucket === undefined) buckets.set(name, [stamp]);
    else bucket.push(stamp);
  }
  return Object.fromEntries([...buckets].sort().map(([name, members]) => [name, bucketDigest(members) as string]));
}

/** One digest for a whole gallery, to compare two at a glance: over the bucket digests. */
export function galleryDigest(buckets: Readonly<Record<string, string>>): string {
  const lines = Object.entries(buckets).map(([name, digest]) => `${name} ${digest}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('base64url');
}

/** The stamps of everything in a snapshot. */
export function stampsOf(snapshot: GallerySnapshot): RecordStamp[] {
  return [
    ...snapshot.people.map(stampOf),
    ...Object.entries(snapshot.erased).map(([id, version]) => ({ id, version, kind: 'erased' as const })),
  ];
}

/** The {@link galleryDigest} of a snapshot, worked out once: a terminal tells it with every sign of life. */
export function snapshotDigest(snapshot: GallerySnapshot): string {
  const known = digests.get(snapshot) ?? galleryDigest(bucketDigests(stampsOf(snapshot)));
  digests.set(snapshot, known);
  return known;
}

/** {@link bucketOf} somebody, worked out once. */
export function bucketOfPerson(person: Person): number {
  return Number.parseInt(stampOf(person).bucket as string, 16);
}

const digests = new WeakMap<GallerySnapshot, string>();
const stamps = new WeakMap<Person, RecordStamp>();

function stampOf(person: Person): RecordStamp {
  const known = stamps.get(person);
  if (known !== undefined) return known;
  const { id, version } = person;
  const stamp: RecordStamp = { id, version, kind: 'person', bucket: bucketName(bucketOf(id)) };
  stamps.set(person, stamp);
  return stamp;
}
