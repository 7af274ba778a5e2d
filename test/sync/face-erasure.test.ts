import { join } from 'node:path';
import test from 'ava';
import { Gallery } from '../../src/gallery/gallery.ts';
import { LowdbGalleryStore } from '../../src/gallery/lowdb-store.ts';
import { snapshotDigest } from '../../src/sync/digest.ts';
import { recordFromWire, recordSchema, recordToWire } from '../../src/sync/messages.ts';
import { filesWith, key, siteWithBooks, terminalOnDisk } from '../support/books-on-disk.ts';
import { startTerminal } from '../support/site.ts';
import { somebody, temporaryFolder, until } from '../support/sync.ts';

const secret = { pinHash: 'scrypt$of-ada', cards: ['987-65432'] };
const ada = { id: 'ada', name: 'Ada Lovelace', pictures: [{ name: 'ada-picture.jpg', jpeg: Buffer.from('ada') }] };
const facesIn = (people: readonly { id: string; templates: readonly unknown[] }[]) =>
  people.filter(({ templates }) => templates.length > 0).map(({ id }) => id);

test('a face that is forgotten is in no file of the hub or of a terminal, card and PIN stay, and the terminal confirms', async (t) => {
  const opened = await siteWithBooks(t);
  if (opened === null) return;
  const { broker, folder, hub, keys } = opened;
  const [template] = somebody('ada').templates;
  const raw = Buffer.from(template!.data.buffer, template!.data.byteOffset, template!.data.byteLength);
  const traces = [raw, Buffer.from(raw.toString('base64')), Buffer.from('ada-picture.jpg')];
  await hub.hub.enrol({ ...ada, ...secret });
  await hub.enrol('bob', 'carl');
  const terminal = await terminalOnDisk(t, { broker, keys });
  await until(() => terminal.names().length === 3);
  terminal.visitors.add({ at: new Date(), template: template! });
  terminal.visitors.add({ at: new Date(), template: somebody('stranger').templates[0]! });
  // So that the face is in both generations of what has changed as well as of the gallery.
  for (const groups of [['staff'], ['night'], ['visitors']]) {
    const { version } = await hub.hub.change('ada', { groups });
    await until(() => terminal.replica.snapshot?.version === version);
  }
  t.true(filesWith(folder, raw).length > 0, 'the test would find it at the hub');
  const withHer = terminal.everyFile().filter(({ people }) => facesIn(people).includes('ada'));
  t.true(withHer.length >= 3, 'and in every file of the terminal');

  const { version } = await hub.hub.forgetFace('ada');
  await until(async () => (await hub.hub.faceReceipts('ada'))?.terminals[0]?.confirmed === true);
  t.deepEqual(await hub.hub.faceReceipts('ada'), { version, terminals: [{ terminal: 'door-1', confirmed: true }] });
  t.is(await hub.hub.erasureReceipts('ada'), null, 'the person was not erased');
  for (const trace of traces) {
    t.deepEqual(filesWith(folder, trace), [], 'at the hub');
    t.deepEqual(filesWith(terminal.folder, trace), [], 'at the terminal');
  }
  for (const { people } of terminal.everyFile()) t.false(facesIn(people).includes('ada'));
  for (const generation of terminal.generations()) {
    t.deepEqual(facesIn(generation.people), ['bob', 'carl']);
    t.like(
      generation.people.find(({ id }) => id === 'ada'),
      { ...secret, groups: ['visitors'] },
    );
  }
  t.is(terminal.visitors.all().length, 1, 'the stranger stays');
  const gallery = Gallery.from(terminal.replica.snapshot!);
  t.deepEqual([gallery.people.size, gallery.faces], [3, 2]);
  t.not(gallery.rank(template!).nearest?.personId, 'ada');
});

test('a terminal that is away has not confirmed; one that never had the face says so; a face may be added again', async (t) => {
  const opened = await siteWithBooks(t);
  if (opened === null) return;
  const { broker, hub, keys } = opened;
  await hub.hub.enrol({ ...ada, ...secret });
  const terminal = await terminalOnDisk(t, { broker, keys });
  await until(async () => (await hub.hub.events({ terminal: 'door-1' })).length > 0);
  await terminal.replica.close();
  await hub.hub.forgetFace('ada');
  t.deepEqual((await hub.hub.faceReceipts('ada'))?.terminals, [{ terminal: 'door-1', confirmed: false }]);
  const late = await startTerminal(t, { broker, keys, name: 'door-2' });
  await until(() => late.events.list.some(({ kind }) => kind === 'gallery.updated'));
  for (const occurrence of late.events.list) late.journal.append(occurrence);
  late.uplink.wake();
  await until(async () => (await hub.hub.faceReceipts('ada'))?.terminals[1]?.confirmed === true);
  t.deepEqual(
    late.galleries.at(-1)?.people.map(({ templates }) => templates.length),
    [0],
  );

  await hub.hub.enrol({ ...ada, again: true });
  t.is(await hub.hub.faceReceipts('ada'), null);
  await until(() => late.galleries.at(-1)?.people[0]?.templates.length === 1);
  t.like(late.galleries.at(-1)?.people[0], secret);
});

test('with people who have no face hub and terminal come to the same gallery, and to the same digest', async (t) => {
  const opened = await siteWithBooks(t);
  if (opened === null) return;
  const { broker, hub, keys } = opened;
  const terminal = await startTerminal(t, { broker, keys });
  await hub.hub.enrol({ id: 'bo', name: 'Bo', cards: ['4711'], withoutFace: true });
  await until(() => terminal.ids().length === 1);
  await hub.enrol('ada');
  await hub.hub.enrol({ id: 'cy', name: 'Cy', pinHash: 'scrypt$1', withoutFace: true });
  await until(() => terminal.ids().length === 3);
  const { version } = await hub.hub.change('bo', { groups: ['night'] });
  await until(() => terminal.galleries.at(-1)?.version === version);
  const late = await startTerminal(t, { broker, keys, name: 'door-2' });
  await until(() => late.ids().length === 3);
  const [early, fresh] = [terminal.galleries.at(-1)!, late.galleries.at(-1)!];
  t.deepEqual(fresh, early);
  t.is(snapshotDigest(fresh), snapshotDigest(early));
  t.deepEqual(facesIn(fresh.people), ['ada']);
  t.deepEqual(hub.notices, []);
  t.deepEqual(late.events.codes(), []);
});

test('nobody is left without a face by accident, or with nothing to pass by', async (t) => {
  const opened = await siteWithBooks(t);
  if (opened === null) return;
  const { hub } = opened.hub;
  const bo = { id: 'bo', name: 'Bo', withoutFace: true } as const;
  await t.throwsAsync(hub.enrol(bo), { code: 'usage.invalid', message: /nothing to pass with/ });
  await t.throwsAsync(hub.enrol({ id: 'bo', name: 'Bo', pictures: [] }), { message: /without a picture/ });
  await hub.enrol({ ...ada, ...secret });
  const again = hub.enrol({ ...bo, id: 'ada', cards: ['1'], again: true });
  await t.throwsAsync(again, { code: 'usage.invalid', message: /enrolled with a face/ });
  const { warnings } = await hub.enrol({ ...bo, cards: ['4711'] });
  t.regex(warnings.join(), /nobody passes without one: the rules do not say withoutFace/);
  await hub.setRules({ withoutFace: 'card-and-pin' });
  const second = await hub.enrol({ ...bo, pinHash: 'scrypt$1', again: true });
  t.deepEqual(second.warnings, []);
  t.deepEqual((await hub.people()).find(({ id }) => id === 'bo')?.cards, ['4711'], 'what is not said again stays');
});

test('the first limens take the record of somebody without a face, and its template is nobody’s', (t) => {
  const person = { ...somebody('bo'), ...secret, templates: [] };
  const record = { kind: 'person', lineage: 'l', id: 'bo', version: 1, person } as const;
  const wire = recordSchema.parse(JSON.parse(JSON.stringify(recordToWire('plant', record))));
  t.is(wire.kind === 'person' && wire.templates.length, 1, 'they demand one');
  t.deepEqual(recordFromWire(wire), record);
});

test('what an older limen kept of a face that was taken away goes with the first start of this one', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'gallery.json');
  const none = { model: 'none', scale: 1, data: Int8Array.of(1) };
  const people = [somebody('ada'), somebody('bob')];
  const snapshot = { lineage: 'l', version: 2, embedder: 'test/1', people, erased: {} };
  const older = new LowdbGalleryStore({ file, key });
  await older.write(snapshot);
  await older.write({
    ...snapshot,
    version: 3,
    people: [{ ...people[0]!, version: 3, templates: [none] }, people[1]!],
  });

  const store = new LowdbGalleryStore({ file, key });
  const stored = await store.read();
  t.true(stored?.leftovers);
  t.deepEqual(facesIn(stored!.snapshot.people), ['bob']);
  await store.write(stored!.snapshot, { forgetting: true });
  t.deepEqual(await new LowdbGalleryStore({ file, key }).read(), { snapshot: stored!.snapshot, recoveredFrom: null });
});
