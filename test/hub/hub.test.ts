import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { openHub } from '../../src/hub/hub.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { freshKeys } from '../support/keys.ts';
import { needs } from '../support/require.ts';
import { brokerOf, linkTo, readingVision, runningBroker, startHub, startTerminal } from '../support/site.ts';
import { freePort, somebody, startMosquitto, temporaryFolder, until } from '../support/sync.ts';

test('nobody is enrolled twice, and nobody is mixed in from another embedder', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  const keys = await freshKeys(t);
  const { hub, enrol, store } = await startHub(t, { broker, keys });
  await enrol('ada');
  await t.throwsAsync(enrol('ada'), { instanceOf: LimenError, code: 'person.exists' });
  await t.throwsAsync(hub.erase('bob'), { instanceOf: LimenError, code: 'person.unknown' });
  t.deepEqual(
    (await hub.people()).map(({ id, version }) => [id, version]),
    [['ada', 1]],
  );
  const vision = { ...readingVision, model: 'other/2' };
  const options = {
    site: 'plant',
    link: linkTo(t, broker, 'hub-2'),
    store,
    vision,
    keys: keys.hub,
    clock: systemClock,
  };
  const other = await openHub(options);
  t.teardown(() => other.close());
  const bob = { id: 'bob', name: 'Bob', pictures: [{ name: 'bob.jpg', jpeg: Buffer.from('bob') }] };
  await t.throwsAsync(other.enrol(bob), { instanceOf: LimenError, code: 'template.foreign-embedder' });
});

test('where no embedder knows everybody, a hub publishes nothing', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  const keys = await freshKeys(t);
  const { enrol, store } = await startHub(t, { broker, keys });
  await enrol('ada');
  const [{ version: _version, ...bob }] = [somebody('bob')];
  await store.add({ ...bob, templates: bob.templates.map((template) => ({ ...template, model: 'other/2' })) });
  const options = { ...{ site: 'plant', store, keys: keys.hub, clock: systemClock }, vision: readingVision };
  const refusal = await t.throwsAsync<LimenError>(openHub({ ...options, link: linkTo(t, broker, 'hub-2') }));
  t.is(refusal?.code, 'template.foreign-embedder');
  t.regex(refusal?.message ?? '', /bob.* is not enrolled with test\/1/i);
});

test('after a change of the pack people are enrolled again, and keep what they may', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { hub, store } = await startHub(t, { broker, keys });
  const request = (id: string) => ({
    id,
    name: id.toUpperCase(),
    pictures: [{ name: `${id}.jpg`, jpeg: Buffer.from(id) }],
  });
  await hub.enrol({ ...request('ada'), groups: ['staff'], validUntil: '2030-01-01T00:00:00Z' });
  await hub.enrol(request('bob'));
  await hub.enrol(request('carl'));

  const vision = { ...readingVision, model: 'other/2', see: seeingWith('other/2') };
  const options = {
    site: 'plant',
    link: linkTo(t, broker, 'hub-2'),
    store,
    vision,
    keys: keys.hub,
    clock: systemClock,
  };
  const notices: string[] = [];
  const changing = await openHub({ ...options, onNotice: ({ message }) => notices.push(message) });
  t.teardown(() => changing.close());
  t.deepEqual(notices, ['3 of 3 people are not enrolled with other/2, the pack in use.']);
  const old = await startTerminal(t, { broker, keys });
  await until(() => old.ids().length === 3);
  const newcomer = await t.throwsAsync<LimenError>(changing.enrol(request('dora')));
  t.is(newcomer?.code, 'template.foreign-embedder');
  t.regex(newcomer?.hint ?? '', /hub forget-embedder test\/1/);
  await changing.enrol({ ...request('ada'), again: true });
  await changing.enrol({ ...request('bob'), again: true });
  await until(() => old.replica.snapshot?.version === 5);
  t.is(old.replica.snapshot?.embedder, 'test/1', 'the old one goes on');
  t.is(old.replica.snapshot?.embedders, undefined);
  t.is((await t.throwsAsync<LimenError>(changing.forgetEmbedder('test/1')))?.code, 'template.foreign-embedder');

  await changing.erase('carl');
  await until(() => old.replica.snapshot?.version === 6);
  t.is(old.replica.snapshot?.embedder, 'other/2');
  t.deepEqual(old.replica.snapshot?.embedders, ['other/2', 'test/1'], 'now everybody is known by either');
  const ada = (await store.people()).find(({ id }) => id === 'ada');
  t.deepEqual(ada?.groups, ['staff']);
  t.is(ada?.validUntil, '2030-01-01T00:00:00Z');
  t.deepEqual(
    ada?.templates.map(({ model }) => model),
    ['other/2', 'test/1'],
  );
  t.deepEqual((await store.pictureNames()).get('ada'), ['ada.jpg', 'ada.jpg']);

  t.is(await changing.forgetEmbedder('test/1'), 2);
  await until(() => old.replica.snapshot?.version === 8);
  t.is(old.replica.snapshot?.embedders, undefined);
  t.deepEqual(
    old.replica.snapshot?.people.flatMap(({ templates }) => templates.map(({ model }) => model)),
    ['other/2', 'other/2'],
  );
  await changing.enrol(request('dora'));
  await until(() => old.ids().includes('dora'));
});

test('a person whose record no broker would carry is refused before the books have them', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  const keys = await freshKeys(t);
  const { hub } = await startHub(t, { broker, keys });
  const groups = Array.from({ length: 2000 }, (_, i) => `a group with a rather long name, number ${i}`);
  const pictures = [{ name: 'ada.jpg', jpeg: Buffer.from('ada') }];
  const error = await t.throwsAsync<LimenError>(hub.enrol({ id: 'ada', name: 'Ada', groups, pictures }));
  t.is(error?.code, 'message.too-large');
  t.deepEqual(await hub.people(), []);
});

/** Sees as `readingVision` does, with another embedder. */
function seeingWith(model: string): typeof readingVision.see {
  return async (frame) => {
    const seen = await readingVision.see(frame);
    const sightings = seen.sightings.map((one) => ({ ...one, template: one.template && { ...one.template, model } }));
    return { ...seen, sightings };
  };
}

test('enrolments that come at once get versions of their own', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { enrol, hub } = await startHub(t, { broker, keys });
  const terminal = await startTerminal(t, { broker, keys });
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => enrol(id)));
  await until(() => terminal.replica.snapshot?.version === 5);
  t.deepEqual((await hub.people()).map(({ version }) => version).sort(), [1, 2, 3, 4, 5]);
  t.deepEqual(terminal.ids(), ['a', 'b', 'c', 'd', 'e']);
});

test('a broker that kept an older gallery on its disk gets what changed meanwhile', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const [folder, port] = [await temporaryFolder(t), await freePort()];
  const mosquitto = () => startMosquitto(t, { port, folder, persistent: true });
  let running = await mosquitto();
  const broker = runningBroker(running.url);
  const keys = await freshKeys(t);
  const { enrol, hub, link } = await startHub(t, { broker, keys });
  await enrol('ada', 'bob');
  const first = await startTerminal(t, { broker, keys });
  await until(() => first.ids().length === 2);
  await first.stop();
  await running.stop();
  await until(() => !link.state.online);
  await hub.erase('ada');
  await enrol('carl');
  running = await mosquitto();
  const second = await startTerminal(t, { broker, keys, store: first.store });
  await until(() => second.replica.snapshot?.version === 4);
  t.deepEqual(second.ids(), ['bob', 'carl']);
  t.deepEqual(second.events.codes(), []);
});
