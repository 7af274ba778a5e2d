import { bucketList, bucketName, bucketOf, listDigest, type RecordStamp } from '../sync/digest.ts';
import type { HubStore } from './hub-store.ts';

/** What the gallery consists of, record by record, without the records. */
export interface StampBook {
  /** Read what changed since the last time, by this process or another. */
  refresh(): Promise<GalleryOutline>;
}

/** A gallery as its head says it. */
export interface GalleryOutline {
  /** The newest change; 0 for a gallery that never had anybody. */
  readonly version: number;
  /** People, the erased ones not counted. */
  readonly count: number;
  /** Bucket -> digest; a bucket without a record is left out. */
  readonly digests: Readonly<Record<string, string>>;
  /** The list of a bucket; empty for one without any record. */
  list(bucket: string): string;
}

/** Kept in memory, because a change of one person must not cost a look at everybody. */
export function stampBook(store: Pick<HubStore, 'stamps'>): StampBook {
  const buckets = new Map<string, Map<string, RecordStamp>>();
  const digests = new Map<string, string>();
  let version = 0;
  let count = 0;
  const list = (bucket: string) => bucketList(buckets.get(bucket)?.values() ?? []);

  return {
    refresh: async () => {
      const touched = new Set<string>();
      for (const stamp of await store.stamps(version)) {
        const bucket = bucketName(bucketOf(stamp.id));
        const members = buckets.get(bucket) ?? new Map<string, RecordStamp>();
        buckets.set(bucket, members);
        const isPerson = (one: RecordStamp | undefined) => (one?.kind === 'person' ? 1 : 0);
        count += isPerson(stamp) - isPerson(members.get(stamp.id));
        members.set(stamp.id, stamp);
        touched.add(bucket);
        version = Math.max(version, stamp.version);
      }
      for (const bucket of touched) digests.set(bucket, listDigest(list(bucket)));
      return { version, count, digests: Object.fromEntries([...digests].sort()), list };
    },
  };
}
