import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Link } from '../../src/sync/link.ts';
import { openGalleryReplica } from '../../src/sync/replica.ts';
import { personOf, snapshotOf, templateOf } from '../gallery/people.ts';
import { temporaryFolder } from '../support/sync.ts';

const key = Buffer.alloc(32, 7);

/** A broker that is away. */
const link: Link = {
  url: 'mqtt://nowhere',
  state: { online: false, reason: 'not connected yet' },
  publish: () => Promise.reject(new Error('there is no broker')),
  subscribe: async () => () => {},
  refresh: async () => {},
  onState: () => {},
  close: async () => {},
};
const unused = () => Promise.reject(new Error('nothing comes'));
const opener = { head: unused, record: unused, ack: unused, command: unused, rules: unused, roster: unused };
const sealer = { event: unused, status: unused, want: unused, result: unused };

test('an erasure that a power cut interrupted is brought to its end with the next start', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'gallery.json');
  const store = () => new LowdbGalleryStore({ file, key });
  const [anna, boris] = [personOf('anna', [templateOf(1)]), personOf('boris', [templateOf(2)])];
  const open = store();
  await open.write(snapshotOf([], 0));
  await open.write(snapshotOf([boris], 1));
  await open.write(snapshotOf([anna, boris], 2));
  const changes = readFileSync(`${file}.changes`);
  const left = { ...snapshotOf([boris], 3), erased: { anna: 3 } };
  await open.write(left, { forgetting: true });
  // The power went after the gallery was written and before its changes were removed.
  writeFileSync(`${file}.changes`, changes);

  const replica = await openGalleryReplica({
    ...{ site: 'plant', terminal: 'door-1', link, opener, sealer, store: store(), clock: systemClock },
    freshness: { now: () => systemClock.now(), confirmed: () => {} },
    report: () => {},
    onGallery: () => {},
  });
  t.deepEqual(replica.snapshot, left);
  await replica.close();
  t.false(existsSync(`${file}.changes`));
  for (const name of readdirSync(folder))
    t.false(readFileSync(join(folder, name), 'utf8').includes('Name of anna'), name);
  t.deepEqual(await store().read(), { snapshot: left, recoveredFrom: null });
});
