import type { Kysely } from 'kysely';
import { templateFrom } from '../../src/domain/template.ts';
import type { HubTables } from '../../src/hub/hub-schema.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { openPublisher } from '../../src/hub/publish.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { bucketName, bucketOf } from '../../src/sync/digest.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { terminalOpener } from '../../src/sync/terminal-envelope.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { keysOf, say, site, task, terminalKeyOf, used } from './party.ts';

/** The hub's publishing side with a full database: publishes it, then changes people as it is told. */

const job = task();
const store = await openHubStore(`${job.folder}/hub.db`);
if ((await store.state()).version === 0) await fill(store.db, job.people);
const keys = await keysOf(job);
const key = await terminalKeyOf(job);
const registry = { find: async (id: string) => ({ id, key, revoked: false }) };
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
  const id = `p${String(change).padStart(7, '0')}`;
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

/** In one transaction: enrolling is not what is measured. */
async function fill(db: Kysely<HubTables>, people: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (let first = 1; first <= people; first += 500) {
      const versions = Array.from({ length: Math.min(500, people - first + 1) }, (_, i) => first + i);
      const rows = versions.map((version) => {
        const id = `p${String(version).padStart(7, '0')}`;
        const more = { groups: '["staff"]', valid_from: null, valid_until: null, erased: 0 };
        return { id, name: `Person Number ${version}`, version, bucket: bucketName(bucketOf(id)), ...more };
      });
      await tx.insertInto('people').values(rows).execute();
      const templates = rows.flatMap(({ id, version }) =>
        [0, 1, 2].map((position) => templateRow(id, version, position)),
      );
      await tx.insertInto('templates').values(templates).execute();
    }
    await tx
      .updateTable('meta')
      .set({ value: String(people) })
      .where('key', '=', 'version')
      .execute();
  });
}

function templateRow(person_id: string, version: number, position: number) {
  let seed = version * 3 + position;
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648 - 0.5;
  };
  const { model, scale, data } = templateFrom('bench/1', Float32Array.from({ length: 128 }, next));
  return { person_id, position, model, scale, data: new Uint8Array(data.buffer) };
}
