import { bucketName, bucketOf } from '../../src/sync/digest.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { counting, say, site, task, used } from './party.ts';
import { personId } from './people.ts';

/** The floor: the same kept messages through the same client library, a few buckets at a time, and nothing done with them. */

const job = task();
const topics = topicsOf(site);
const counts = new Array<number>(256).fill(0);
for (let i = 1; i <= job.people; i++) counts[bucketOf(personId(i))]!++;
const atOnce = Math.max(1, Math.floor(500 / (job.people / 256)));
const startedMs = performance.now();
const link = counting(openMqttLink({ url: job.url, clientId: `raw-${process.pid}` }));
while (!link.state.online) await new Promise((resolve) => setTimeout(resolve, 1));
const queue = counts.map((count, bucket) => ({ count, name: bucketName(bucket) })).filter(({ count }) => count > 0);
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name, count } = next;
      let left = count;
      let arrived = () => {};
      const all = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const end = await link.subscribe(topics.everyoneIn(name), () => {
        left--;
        if (left === 0) arrived();
      });
      await all;
      end();
    }
  }),
);
say({ kind: 'raw', inMs: performance.now() - startedMs, bytes: link.bytes, ...used() });
process.once('disconnect', () => process.exit(0));
