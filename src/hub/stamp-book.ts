import { hasFace } from '../domain/person.ts';
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
  /** By which embedders everybody can be known; empty for an empty gallery, and for one that no embedder knows whole. */
  readonly embedders: readonly string[];
  /** The list of a bucket; empty for one without any record. */
  list(bucket: string): string;
}

const fewEnough = 4;

/** Kept in memory, because a change of one person must not cost a look at everybody. */
export function stampBook(store: Pick<HubStore, 'stamps' | 'records' | 'completeModels'>): StampBook {
  const buckets = new Map<string, Map<string, RecordStamp>>();
  const digests = new Map<string, string>();
  let version = 0;
  let count = 0;
  let embedders: readonly string[] = [];
  const list = (bucket: string) => bucketList(buckets.get(bucket)?.values() ?? []);

  /** Looking at everybody's templates takes a while: no need to, where few have changed and are like all others. */
  const areUsual = async (changed: readonly RecordStamp[]) => {
    // Whoever is erased, or whose face is, may have been the last whom an embedder did not know.
    const erased = changed.some(({ kind }) => kind === 'erased');
    if (embedders.length !== 1 || changed.length > fewEnough || erased) return false;
    const ids = new Set(changed.map(({ id }) => id));
    const records = await store.records([...new Set([...ids].map((id) => bucketName(bucketOf(id))))]);
    const people = records.flatMap((record) => (record.kind === 'person' && ids.has(record.id) ? [record.person] : []));
    return people.every((person) => hasFace(person) && person.templates.every(({ model }) => model === embedders[0]));
  };

  return {
    refresh: async () => {
      const touched = new Set<string>();
      const changed = await store.stamps(version);
      // Read before anything is noted: where the books fail in between, it is all to be done again.
      const known = changed.length > 0 && !(await areUsual(changed)) ? await store.completeModels() : embedders;
      for (const stamp of changed) {
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
      embedders = known;
      return { embedders, version, count, digests: Object.fromEntries([...digests].sort()), list };
    },
  };
}
