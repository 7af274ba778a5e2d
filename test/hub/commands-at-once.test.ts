import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { hubConfigSchema } from '../../src/config/schema.ts';
import { homeAssistantTopics } from '../../src/hub/home-assistant/topics.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { commandTerminals } from '../../src/hub-commander.ts';
import { homeAssistantOf } from '../../src/hub-home-assistant.ts';
import type { Link } from '../../src/sync/link.ts';
import { watchedVerbs } from '../support/commands.ts';
import { startGuarded } from '../support/guarded-terminal.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerOf, linkTo, startHub } from '../support/site.ts';
import { until } from '../support/sync.ts';

const names = ['door-1', 'door-2', 'door-3', 'door-4', 'door-5'];

/** A place before a broker, or without one behind it, that notes how each connection begins. */
async function ear(t: ExecutionContext, brokerUrl?: string) {
  const connects: Buffer[] = [];
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', (bytes) => {
        connects.push(bytes);
        if (brokerUrl === undefined) return socket.destroy();
        const onward = connect(Number(new URL(brokerUrl).port), '127.0.0.1');
        onward.on('error', () => socket.destroy()).write(bytes);
        socket.pipe(onward).pipe(socket);
      });
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as { port: number };
  const clients = () => connects.map((bytes) => /limen-plant-hub-\w+/.exec(bytes.toString('latin1'))?.[0]);
  return { url: `mqtt://127.0.0.1:${port}`, connects, clients };
}

/** A hub whose folder a command finds as well, and doors that note what they are told. */
async function siteOf(t: ExecutionContext) {
  const broker = (await brokerOf(t, 'aedes 3.1.1'))!;
  await broker.start();
  const keys = await freshKeys(t);
  const dataFolder = dirname(keys.file);
  const store = await openHubStore(join(dataFolder, 'hub.db'));
  t.teardown(() => store.close());
  const central = await startHub(t, { broker, keys, store });
  const locked = new Set<string>();
  for (const name of names) {
    const verbs = watchedVerbs((verb) => void (verb === 'lock' && locked.add(name)));
    await startGuarded(t, { broker, keys, name, verbs });
  }
  const config = hubConfigSchema.parse({
    ...{ site: 'plant', dataFolder, broker: { url: broker.url, protocol: broker.protocol } },
    homeAssistant: { commands: ['lock'] },
  });
  return { broker, keys, store, central, locked, config };
}

test('Home Assistant locks several doors at once, over the connection that the hub has', async (t) => {
  const { broker, keys, store, central, locked, config } = await siteOf(t);
  const others = await ear(t, broker.url);
  const link: Link = Object.create(central.link, { url: { value: others.url } });
  const troubles: string[] = [];
  const bridge = await homeAssistantOf(config, {
    ...{ hub: central.hub, store, keys: keys.hub, link },
    notify: ({ message }) => troubles.push(message),
  });
  t.teardown(() => bridge?.close());
  const home = linkTo(t, broker, 'home-assistant');
  const at = (name: string) => homeAssistantTopics('plant', name, 'homeassistant');
  const there = new Set<string>();
  for (const name of names) {
    await home.subscribe(at(name).availability, ({ payload }) => {
      if (Buffer.from(payload).toString() === 'online') there.add(name);
    });
  }
  await until(() => there.size === names.length);
  for (const name of names) void home.publish(at(name).set, 'LOCK');
  await until(() => locked.size === names.length || troubles.length > 0);
  t.deepEqual(troubles, []);
  t.deepEqual([...locked].sort(), names);
  t.deepEqual(others.clients(), []);
});

test('commands that are given at the same moment do not throw each other off the broker', async (t) => {
  const { broker, locked, config: direct } = await siteOf(t);
  const { url, clients } = await ear(t, broker.url);
  const config = { ...direct, broker: { ...direct.broker, url } };
  const order = { verb: 'lock', reason: null, timeoutMs: 60_000 };
  const sent = await Promise.all(names.map((audience) => commandTerminals(config, { ...order, audience })));
  t.deepEqual(
    sent.map(({ answers }) => answers[0]?.outcome),
    names.map(() => 'done'),
  );
  t.is(locked.size, names.length);
  t.is(clients().length, names.length, 'each connected once');
  t.is(new Set(clients()).size, names.length);
});

test('a command leaves no session behind on the broker', async (t) => {
  const { url, connects } = await ear(t);
  const { file } = await freshKeys(t);
  const config = hubConfigSchema.parse({
    ...{ site: 'plant', dataFolder: dirname(file) },
    broker: { url, protocol: '5' },
  });
  const order = { audience: 'door-1', verb: 'lock', reason: null, timeoutMs: 2000 };
  await t.throwsAsync(commandTerminals(config, order), { message: /cannot be reached/ });
  const [bytes = Buffer.alloc(0)] = connects;
  // The flags are behind the protocol's name and version; the second is: a clean start.
  t.is((bytes[bytes.indexOf('MQTT') + 5] ?? 0) & 2, 2);
  t.false(bytes.includes(Buffer.from([0x11, 0, 0, 0x02, 0x58])), 'no lifetime of a session');
});
