import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Occurrence } from '../../src/domain/event.ts';
import type { Person } from '../../src/domain/person.ts';
import { decodeGallery, openGallery } from '../../src/gallery/gallery-file.ts';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { openVisitorStore } from '../../src/gallery/visitors.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener } from '../../src/sync/envelope.ts';
import { openGalleryReplica } from '../../src/sync/replica.ts';
import { openUplink } from '../../src/sync/uplink.ts';
import { freshKeys } from './keys.ts';
import { brokerOf, linkTo, startHub, type startTerminal, type TestBroker } from './site.ts';
import { temporaryFolder } from './sync.ts';

/** Of the terminal's files. */
export const key = Buffer.alloc(32, 7);

/** A terminal with everything that it has on its disk, in files. */
export async function terminalOnDisk(t: ExecutionContext, { broker, keys }: Parameters<typeof startTerminal>[1]) {
  const folder = await temporaryFolder(t);
  const link = linkTo(t, broker, 'door-1');
  const file = join(folder, 'gallery.json');
  const store = new LowdbGalleryStore({ file, key });
  const journal = openJournal({ file: join(folder, 'journal.db'), terminal: 'door-1', clock: systemClock });
  const visitors = openVisitorStore({ file: join(folder, 'visitors.db'), key });
  const [keyring, sealer] = [await keys.terminal('door-1'), await keys.sealer('door-1')];
  const common = { site: 'plant', terminal: 'door-1', link, sealer, opener: opener('plant', keyring) };
  const uplink = await openUplink({ ...common, journal, ackTimeoutMs: 500 });
  const report = (occurrence: Occurrence) => {
    journal.append(occurrence);
    uplink.wake();
  };
  const replica = await openGalleryReplica({
    ...{ ...common, store, report, clock: systemClock, quietMs: 300 },
    freshness: { now: () => systemClock.now(), confirmed: () => {} },
    onGallery: () => {},
    onErasing: ({ templates }: Person) => visitors.forget(templates, 0.1),
  });
  t.teardown(async () => {
    uplink.close();
    await replica.close();
    await link.close();
    journal.close();
    visitors.close();
  });
  const contentOf = (name: string) => {
    const path = join(folder, name);
    return openGallery(decodeGallery(readFileSync(path), path), key, path);
  };
  const generations = () => ['gallery.json', 'gallery.json.previous'].map(contentOf);
  /** What the files of changes hold as well. */
  const everyFile = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith('gallery.json'))
      .map(contentOf);
  const names = () => replica.snapshot?.people.map(({ id }) => id) ?? [];
  return { folder, replica, visitors, generations, everyFile, names };
}

/** Files below a folder in which some bytes are. */
export function filesWith(folder: string, bytes: Buffer): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name))
    .filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(bytes))
    .sort();
}

/** A hub with its books in files, and a broker; `null` when the test should end. */
export async function siteWithBooks(t: ExecutionContext): Promise<{
  broker: TestBroker;
  folder: string;
  hub: Awaited<ReturnType<typeof startHub>>;
  keys: Awaited<ReturnType<typeof freshKeys>>;
} | null> {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return null;
  await broker.start();
  const folder = await temporaryFolder(t);
  const store = await openHubStore(join(folder, 'hub.db'));
  t.teardown(() => store.close());
  const keys = await freshKeys(t);
  return { broker, folder, keys, hub: await startHub(t, { broker, keys, store }) };
}
