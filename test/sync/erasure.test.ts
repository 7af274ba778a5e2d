import test from 'ava';
import { filesWith, siteWithBooks, terminalOnDisk } from '../support/books-on-disk.ts';
import { startTerminal } from '../support/site.ts';
import { somebody, until } from '../support/sync.ts';

test('who is erased is in no byte of any file, of the hub or of a terminal, and the terminal confirms it', async (t) => {
  const opened = await siteWithBooks(t);
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
  const opened = await siteWithBooks(t);
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
  const opened = await siteWithBooks(t);
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
