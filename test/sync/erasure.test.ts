import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
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
import { freshKeys } from '../support/keys.ts';
import { brokerOf, linkTo, startHub, startTerminal, type TestBroker } from '../support/site.ts';
import { somebody, temporaryFolder, until } from '../support/sync.ts';

const key = Buffer.alloc(32, 7);

/** A terminal with everything that it has on its disk, in files. */
async function terminalOnDisk(t: ExecutionContext, { broker, keys }: Parameters<typeof startTerminal>[1]) {
  const folder = await temporaryFolder(t);
  const link = linkTo(t, broker, 'door-1');
  const file = join(folder, 'gallery.json');
  const store = new LowdbGalleryStore({ file, key });
  const journal = openJournal({ file: join(folder, 'journal.db'), terminal: 'door-1', clock: systemClock });
  const visitors = openVisitorStore({ file: join(folder, 'visitors.db'), key });
  const [keyring, sealer] = [await keys.terminal('door-1'), await keys.sealer('door-1')];
  const names = { site: 'plant', terminal: 'door-1', link, sealer, opener: opener('plant', keyring) };
  const uplink = await openUplink({ ...names, journal, ackTimeoutMs: 500 });
  const report = (occurrence: Occurrence) => {
    journal.append(occurrence);
    uplink.wake();
  };
  const replica = await openGalleryReplica({
    ...{ ...names, store, report, clock: systemClock, quietMs: 300 },
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
  const generations = () =>
    [file, `${file}.previous`].map((name) => openGallery(decodeGallery(readFileSync(name), name), key, name));
  return { folder, replica, visitors, generations, names: () => replica.snapshot?.people.map(({ id }) => id) ?? [] };
}

/** Files below a folder in which some bytes are. */
function filesWith(folder: string, bytes: Buffer): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name))
    .filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(bytes))
    .sort();
}

async function site(t: ExecutionContext): Promise<{
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

test('who is erased is in no byte of any file, of the hub or of a terminal, and the terminal confirms it', async (t) => {
  const opened = await site(t);
  if (opened === null) return;
  const { broker, folder, hub, keys } = opened;
  const secret = { pinHash: 'scrypt$of-ada', cards: ['987-65432'] };
  const [{ templates }] = [somebody('ada')];
  const data = templates[0]!.data;
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const traces = {
    template: raw,
    base64: Buffer.from(raw.toString('base64')),
    name: Buffer.from('Ada Lovelace'),
    picture: Buffer.from('ada-picture.jpg'),
    pin: Buffer.from(secret.pinHash),
    card: Buffer.from('987-65432'),
  };
  const pictures = [{ name: 'ada-picture.jpg', jpeg: Buffer.from('ada') }];
  await hub.hub.enrol({ ...{ id: 'ada', name: 'Ada Lovelace', pictures }, ...secret });
  await hub.enrol('bob', 'carl');
  const terminal = await terminalOnDisk(t, { broker, keys });
  await until(() => terminal.names().length === 3);
  terminal.visitors.add({ at: new Date(), template: templates[0]! });
  terminal.visitors.add({ at: new Date(), template: somebody('stranger').templates[0]! });
  await hub.enrol('dora');
  await until(() => terminal.names().length === 4);
  // So that she is in both generations of what has changed as well as of the gallery.
  for (const groups of [['staff'], ['visitors']]) {
    const { version } = await hub.hub.change('ada', { groups });
    await until(() => terminal.replica.snapshot?.version === version);
  }
  // The test would find them where they are: in the database or its log, and readable names on the terminal.
  for (const trace of ['template', 'name', 'picture', 'pin', 'card'] as const) {
    t.true(filesWith(folder, traces[trace]).length > 0, trace);
  }
  t.deepEqual(filesWith(terminal.folder, traces.name), [
    'gallery.json',
    'gallery.json.changes',
    'gallery.json.changes.previous',
    'gallery.json.previous',
  ]);

  await hub.hub.erase('ada');
  await until(async () => (await hub.hub.erasureReceipts('ada'))?.terminals[0]?.confirmed === true);
  t.deepEqual(await hub.hub.erasureReceipts('ada'), {
    ...{ version: 7, terminals: [{ terminal: 'door-1', confirmed: true }] },
  });
  for (const [trace, bytes] of Object.entries(traces)) {
    t.deepEqual(filesWith(folder, bytes), [], `${trace} at the hub`);
    t.deepEqual(filesWith(terminal.folder, bytes), [], `${trace} at the terminal`);
  }
  for (const generation of terminal.generations()) {
    t.deepEqual(
      generation.people.map(({ id }) => id),
      ['bob', 'carl', 'dora'],
    );
    t.deepEqual(generation.erased, { ada: 7 });
  }
  t.is(terminal.visitors.all().length, 1, 'the stranger stays');
  // What is left is the id: so that no late message brings the person back.
  t.deepEqual(filesWith(terminal.folder, Buffer.from('"ada"')).includes('gallery.json'), true);
});

test('a terminal that is away has not confirmed, and one that never had the person has nothing left of them', async (t) => {
  const opened = await site(t);
  if (opened === null) return;
  const { broker, hub, keys } = opened;
  await hub.enrol('ada', 'bob');
  const terminal = await terminalOnDisk(t, { broker, keys });
  await until(async () => (await hub.hub.events({ terminal: 'door-1' })).length > 0);
  await terminal.replica.close();
  await hub.hub.erase('ada');
  t.deepEqual((await hub.hub.erasureReceipts('ada'))?.terminals, [{ terminal: 'door-1', confirmed: false }]);
  t.is(await hub.hub.erasureReceipts('bob'), null);
  const late = await startTerminal(t, { broker, keys, name: 'door-2' });
  await until(() => late.events.list.some(({ kind }) => kind === 'gallery.updated'));
  for (const occurrence of late.events.list) late.journal.append(occurrence);
  late.uplink.wake();
  await until(async () => (await hub.hub.erasureReceipts('ada'))?.terminals[1]?.confirmed === true);
  t.deepEqual(late.ids(), ['bob']);
});

test('what cannot be forgotten is not confirmed, and is tried again; the person is not let in meanwhile', async (t) => {
  const opened = await site(t);
  if (opened === null) return;
  const { broker, hub, keys } = opened;
  await hub.enrol('ada', 'bob');
  const terminal = await startTerminal(t, { broker, keys });
  await until(() => terminal.ids().length === 2);
  terminal.store.failWith = new Error('the disk is read-only');
  await hub.hub.erase('ada');
  await until(() => terminal.ids().length === 1);
  t.false(terminal.events.list.some(({ kind }) => kind === 'gallery.erased'));
  terminal.store.failWith = null;
  await until(() => terminal.events.list.some(({ kind }) => kind === 'gallery.erased'));
  t.deepEqual(terminal.events.list.find(({ kind }) => kind === 'gallery.erased')?.body, {
    personId: 'ada',
    version: 3,
  });
});
