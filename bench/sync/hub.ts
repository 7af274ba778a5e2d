import { openHubStore } from '../../src/hub/hub-store.ts';
import { openPublisher } from '../../src/hub/publish.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { terminalOpener } from '../../src/sync/terminal-envelope.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { keysOf, say, site, task, terminalKeyOf, used } from './party.ts';
import { fill, personId } from './people.ts';

/** The hub's publishing side with a full database: publishes it, then changes people as it is told. */

const job = task();
const store = await openHubStore(`${job.folder}/hub.db`);
if ((await store.state()).version === 0) await fill(store.db, job.people);
const keys = await keysOf(job);
const key = await terminalKeyOf(job);
const registry = { find: async (id: string) => ({ id, keys: [key], revoked: false }) };
const startedMs = performance.now();
const link = openMqttLink({ url: job.url, clientId: 'hub' });
const publisher = await openPublisher({
  ...{ site, link, store, clock: systemClock, embedder: 'bench/1', headLifetimeMs: 86_400_000 * 30 },
  ...{ terminals: terminalOpener(keys, registry), freshKeys: () => keys.refresh() },
  ...{ sealer: sealer(keys), opener: opener(site, keys), notify: ({ message }) => console.error(message) },
});
await link.subscribe(topicsOf(site).head, ({ retained }) => {
  if (!retained) say({ kind: 'published', ms: performance.now() - startedMs, ...used() });
});

process.on('message', async ({ change, live }: { change: number; live: boolean }) => {
  const id = personId(change);
  const person = await store.person(id);
  if (person === null) throw new Error(`nobody has the id ${id}`);
  const { version: _before, ...same } = person;
  const atMs = performance.timeOrigin + performance.now();
  const record = await store.replace({ ...same, name: `Changed ${atMs}` });
  if (live) say({ kind: 'changed', version: record.version, changedAtMs: atMs });
  await publisher.publish(record);
  if (!live) say({ kind: 'changed', version: record.version, changedAtMs: atMs });
});
process.once('disconnect', () => process.exit(0));
