import test from 'ava';
import type { Timers } from '../../src/domain/timers.ts';
import { bucketDigests, bucketList, bucketName, bucketOf, type RecordStamp } from '../../src/sync/digest.ts';
import { galleryFetcher } from '../../src/sync/gallery-fetch.ts';
import type { Delivery, Link } from '../../src/sync/link.ts';
import { type Head, wireFormat } from '../../src/sync/messages.ts';
import { type ReplicaState, replicaState, step } from '../../src/sync/replica-state.ts';
import { topicsOf } from '../../src/sync/topics.ts';

const topics = topicsOf('plant');

/** A terminal with nothing, that knows by head and lists whom it lacks. */
function lackingEverybody(people: number): { state: ReplicaState; stamps: RecordStamp[] } {
  const stamps = Array.from({ length: people }, (_, i) => {
    const id = `p${i}`;
    return { id, version: i + 1, kind: 'person' as const, bucket: bucketName(bucketOf(id)) };
  });
  const head: Head = {
    ...{ format: wireFormat, site: 'plant', lineage: 'one', version: people, embedder: 'test/1', count: people },
    ...{ buckets: bucketDigests(stamps), issuedAt: '2030-01-01T00:00:00.000Z', expiresAt: null },
  };
  let { state } = step(replicaState(null), { kind: 'head', head, now: new Date(0) });
  for (const bucket of Object.keys(head.buckets)) {
    const list = bucketList(stamps.filter((stamp) => stamp.bucket === bucket));
    state = step(state, { kind: 'list', bucket, list }).state;
  }
  return { state, stamps };
}

/** A broker that hands out what is asked for at once. */
function promptBroker(stamps: readonly RecordStamp[]) {
  let delivered = 0;
  const link: Pick<Link, 'subscribe'> = {
    subscribe: async (filter, onDelivery: (delivery: Delivery) => void) => {
      for (const { id, bucket } of stamps) {
        if (filter !== topics.everyoneIn(bucket as string)) continue;
        const topic = topics.person(id);
        delivered++;
        queueMicrotask(() => onDelivery({ topic, payload: Buffer.from(id), retained: true }));
      }
      return () => {};
    },
  };
  return { link: link as Link, delivered: () => delivered };
}

test('a broker that is faster than this machine does not fill its memory: what is not opened yet is waited for', async (t) => {
  const { state, stamps } = lackingEverybody(10_000);
  const { link, delivered } = promptBroker(stamps);
  const due: (() => void)[] = [];
  const timers: Timers = {
    random: Math.random,
    after: (_ms, run) => {
      due.push(run);
      return () => {};
    },
  };
  const fetcher = galleryFetcher({ link, topics, timers, stateNow: () => state, onDelivery: () => {} });
  for (let look = 0; look < 100; look++) {
    fetcher.progressed();
    for (const run of due.splice(0)) run();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.true(delivered() > 1000, `${delivered()} records were asked for`);
  t.true(delivered() <= 2000, `${delivered()} records were asked for`);
});
