import { bucketDigest, bucketName, listDigest, type RecordStamp, stampsIn } from './digest.ts';
import type { GalleryRecord, Head } from './messages.ts';

/** One of the 256 parts of a gallery. */
export interface Bucket {
  /** In force. */
  readonly held: ReadonlyMap<string, GalleryRecord>;
  /** Received and newer than what is in force; waits for a head that covers it. */
  readonly staged: ReadonlyMap<string, GalleryRecord>;
  /** What the head speaks of, record by record, once the list is here and no record told it before. */
  readonly list: ReadonlyMap<string, RecordStamp> | null;
  /** A list that is not the head's, kept for the head that may follow it. */
  readonly offered: string | null;
  /** How many records of the list are neither held nor staged. */
  readonly lacking: number;
  /** The records known here are exactly those the head speaks of. */
  readonly complete: boolean;
}

/** The newest record of everyone in a bucket that is not newer than the head; with a list, exactly what it says. */
export function covered({ held, staged, list }: Bucket, head: Head): GalleryRecord[] {
  const newest = new Map<string, GalleryRecord>();
  for (const records of [held, staged]) {
    for (const [id, record] of records) {
      if (record.version <= head.version && (list === null || list.get(id)?.version === record.version)) {
        newest.set(id, record);
      }
    }
  }
  return [...newest.values()];
}

/** The bucket held against a head: what its list says is missing, and whether all is here. */
export function judged(bucket: Bucket, index: number, head: Head): Bucket {
  const { list } = bucket;
  const lacking = list === null ? 0 : [...list.values()].filter((stamp) => !has(bucket, stamp)).length;
  return judgedAfter({ ...bucket, lacking }, index, head);
}

/** While the list says that something is missing, there is no need to look at every record. */
export function judgedAfter(bucket: Bucket, index: number, head: Head): Bucket {
  const expected = head.buckets[bucketName(index)] ?? null;
  return { ...bucket, complete: bucket.lacking === 0 && bucketDigest(covered(bucket, head)) === expected };
}

/** Whether a record of a list is here, in force or waiting. */
export function has({ held, staged }: Bucket, { id, version }: RecordStamp): boolean {
  return held.get(id)?.version === version || staged.get(id)?.version === version;
}

/** The bucket with the list it was offered, where that is the head's: it is of another moment, or nobody's, otherwise. */
export function listed(bucket: Bucket, index: number, head: Head): Bucket {
  const { offered, complete, list: known } = bucket;
  if (offered === null || complete || known !== null) return bucket;
  if (listDigest(offered) !== head.buckets[bucketName(index)]) return bucket;
  const list = new Map(stampsIn(offered)?.map((stamp) => [stamp.id, stamp]));
  return judged({ ...bucket, list, offered: null }, index, head);
}
