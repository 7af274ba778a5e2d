import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Status } from '../../src/sync/messages.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { lastWill, newSession, statusPublisher } from '../../src/sync/status.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { freshKeys } from '../support/keys.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { brokerKinds, brokerOf, linkTo } from '../support/site.ts';
import { until } from '../support/sync.ts';

for (const kind of brokerKinds) {
  test(`${kind}: publishing without a broker is an error at once, not a queue`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    const link = linkTo(t, broker, 'a');
    await t.throwsAsync(link.publish('x', 'y'), { instanceOf: LimenError, code: 'broker.lost' });
    await broker.start();
    await until(() => link.state.online);
    await t.notThrowsAsync(link.publish('x', 'y'));
  });

  test(`${kind}: subscriptions outlive the broker`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const [reader, writer] = [linkTo(t, broker, 'reader'), linkTo(t, broker, 'writer')];
    const heard: string[] = [];
    await reader.subscribe('a/+', ({ topic, payload }) => heard.push(`${topic}=${Buffer.from(payload)}`));
    await until(() => reader.state.online && writer.state.online);
    await writer.publish('a/1', 'before');
    await until(() => heard.length === 1);
    await broker.stop();
    await until(() => !reader.state.online && !writer.state.online);
    await broker.start();
    await until(() => reader.state.online && writer.state.online);
    await writer.publish('a/2', 'after');
    await writer.publish('b/2', 'not asked for');
    await until(() => heard.length === 2);
    t.deepEqual(heard, ['a/1=before', 'a/2=after']);
  });

  test(`${kind}: a terminal that dies without a word is reported offline by the broker`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const topics = topicsOf('plant');
    const seen: Status[] = [];
    const keys = await freshKeys(t);
    const [keyring, sealer, session] = [await keys.terminal('door-1'), await keys.sealer('door-1'), newSession()];
    const names = { site: 'plant', terminal: 'door-1', session, sealer };
    const watcher = linkTo(t, broker, 'watcher');
    await watcher.subscribe(topics.everyStatus, ({ payload }) =>
      keys.opener.status(payload, 'door-1').then((status) => seen.push(status)),
    );
    const cable = await cableTo(t, broker.url);
    const terminal = linkTo(t, { ...broker, url: cable.url }, 'door-1', { will: await lastWill(names) });
    const status = statusPublisher({
      ...{ ...names, link: terminal, clock: systemClock, software: '1.2.3', pack: 'p', keys: () => keyring.held },
      journal: memoryJournal('door-1'),
      gallery: () => null,
      door: () => 'locked',
    });
    await until(() => seen.length > 0);
    t.like(seen[0], { online: true, door: 'locked', software: '1.2.3', terminal: 'door-1' });
    cable.cut();
    await until(() => seen.some(({ online }) => !online));
    await status.close();
    t.pass();
  });

  test(`${kind}: who begins anew leaves no last will behind, and has the one of now`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const seen: string[] = [];
    await linkTo(t, broker, 'watcher').subscribe('a/will', ({ payload }) => seen.push(Buffer.from(payload).toString()));
    const cable = await cableTo(t, broker.url);
    let will = 'first';
    const link = openMqttLink({
      ...{ url: cable.url, protocol: broker.protocol, clientId: 'a', reconnect: { firstMs: 20, mostMs: 100 } },
      renew: async () => ({ will: { topic: 'a/will', payload: will } }),
    });
    t.teardown(() => link.close());
    await until(() => link.state.online);
    const states: boolean[] = [];
    link.onState(({ online }) => states.push(online));
    will = 'second';
    link.reconnect();
    await until(() => states.length >= 3 && link.state.online);
    cable.cut();
    await until(() => seen.length > 0);
    t.deepEqual(seen, ['second']);
  });
}

test('what is under way when the connection breaks is reported as lost', async (t) => {
  const sockets: Socket[] = [];
  const deaf = createServer((socket) => {
    sockets.push(socket);
    // CONNACK, then silence: the publish is taken and never acknowledged.
    socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
  });
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const { port } = deaf.address() as AddressInfo;
  const link = openMqttLink({ url: `mqtt://user:secret@127.0.0.1:${port}`, clientId: 'a' });
  await until(() => link.state.online);
  const publishing = link.publish('x', 'y');
  setImmediate(() => sockets[0]?.destroy());
  const error = await t.throwsAsync(publishing, { instanceOf: LimenError, code: 'broker.lost' });
  t.false(error?.message.includes('secret'));
  t.false(link.url.includes('secret'));
  await link.close();
  for (const socket of sockets) socket.destroy();
  deaf.close();
});

/** A TCP relay that can be cut like a cable: both ends see the connection go, nothing gets through afterwards. */
async function cableTo(t: ExecutionContext, url: string): Promise<{ url: string; cut(): void }> {
  const ends = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    for (const end of [near, far]) ends.add(end.on('error', () => {}));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    relay.close();
    for (const end of ends) end.destroy();
  };
  t.teardown(cut);
  return { url: `mqtt://127.0.0.1:${(relay.address() as AddressInfo).port}`, cut };
}
