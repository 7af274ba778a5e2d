import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { openHub } from '../../src/hub/hub.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { needs } from '../support/require.ts';
import { brokerOf, linkTo, readingVision, startHub, startTerminal } from '../support/site.ts';
import { freePort, freshKeys, startMosquitto, temporaryFolder, until } from '../support/sync.ts';

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
  const options = { site: 'plant', link: linkTo(t, broker, 'hub-2'), store, vision, keys, clock: systemClock };
  await t.throwsAsync(openHub(options), { instanceOf: LimenError, code: 'template.foreign-embedder' });
});

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
  const broker = { url: running.url, protocol: '5', start: async () => {}, stop: async () => {} } as const;
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
