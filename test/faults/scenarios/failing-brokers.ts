import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { LinkState } from '../../../src/sync/link.ts';
import { openMqttLink } from '../../../src/sync/mqtt-link.ts';
import { topicsOf } from '../../../src/sync/topics.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { freshKeys } from '../../support/keys.ts';
import { needs } from '../../support/require.ts';
import { linkTo, runningBroker, startHub, startTerminal } from '../../support/site.ts';
import { freePort, until } from '../../support/sync.ts';
import { Mosquitto } from '../support/mosquitto.ts';
import { type Silence, silentBroker } from '../support/silent-broker.ts';

const folders = temporaryFolders(test);
const topics = topicsOf('plant');
const stepped = { kind: 'clock.stepped', body: { byMs: 1 } } as const;

/** A link that is impatient, and everything it said about its state. */
function impatientLink(t: ExecutionContext, url: string) {
  const states: LinkState[] = [];
  const link = openMqttLink({ url, clientId: 'door-1', reconnect: { firstMs: 20, mostMs: 100 }, ackTimeoutMs: 5000 });
  t.teardown(() => link.close());
  link.onState((state) => states.push(state));
  return { link, reasons: () => states.flatMap((state) => (state.online ? [] : [state.reason])) };
}

const said: Record<Silence, RegExp> = {
  'to everything': /connack timeout/,
  'to subscriptions': /has acknowledged nothing for 5 s/,
  'to publications': /has acknowledged nothing for 5 s/,
};

for (const silence of ['to everything', 'to subscriptions', 'to publications'] as const) {
  test(`a broker that is silent ${silence} is given up, said so, and the next one is found`, async (t) => {
    if (!needs(t, 'mosquitto')) return;
    const port = await freePort();
    const silent = await silentBroker(port, silence);
    t.teardown(() => silent.stop());
    const { link, reasons } = impatientLink(t, `mqtt://127.0.0.1:${port}`);
    await link.subscribe('x', () => {});
    if (silence === 'to publications') {
      await until(() => link.state.online);
      await t.throwsAsync(link.publish('x', 'y'), { code: 'broker.lost' });
    }
    await until(() => reasons().some((reason) => said[silence].test(reason)));
    await silent.stop();
    const broker = new Mosquitto({ port, folder: folders() });
    t.teardown(() => broker.end());
    await broker.start();
    await until(() => link.state.online);
    await link.publish('x', 'y');
    t.pass();
  });
}

test('a broker that takes no payload as large as ours: said so, and all is well once it does', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const [port, folder] = [await freePort(), folders()];
  const open = ['allow_anonymous true'];
  const small = new Mosquitto({ port, folder, lines: [...open, 'message_size_limit 300'] });
  t.teardown(() => small.end());
  await small.start();
  const broker = runningBroker(small.url);
  const keys = await freshKeys(t);
  const { enrol, notices, link } = await startHub(t, { broker, keys });
  await until(() => link.state.online);
  await enrol('a', 'b');
  await until(() => notices.length > 0);
  t.true(notices.every(({ code }) => code === 'broker.lost'));
  t.regex(notices[0]!.message, /too large|Invalid puback reason code|closed the connection/);
  const terminal = await startTerminal(t, { broker, keys });
  terminal.journal.append(stepped);
  terminal.uplink.wake();
  await delay(500);
  await small.end();
  const large = new Mosquitto({ port, folder, lines: open });
  t.teardown(() => large.end());
  await large.start();
  await until(() => terminal.ids().join() === 'a,b' && terminal.journal.acknowledgedSeq === 1);
  t.pass();
});

test('a broker that forbids a terminal to publish its events, or to hear its gallery: said so, and all comes once it may', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const folder = folders();
  const acl = join(folder, 'acl');
  const all = ['topic readwrite limen/#'];
  const broker = new Mosquitto({ port: await freePort(), folder, lines: ['allow_anonymous true', `acl_file ${acl}`] });
  t.teardown(() => broker.end());
  const allow = (lines: readonly string[]) => writeFileSync(acl, `${lines.join('\n')}\n`, { mode: 0o600 });
  const at = runningBroker(broker.url);
  const keys = await freshKeys(t);
  allow([
    'topic read limen/#',
    'topic write limen/plant/gallery/#',
    `topic write ${topics.head}`,
    'topic write limen/plant/gallery/want/+',
  ]);
  await broker.start();
  const { hub } = await startHub(t, { broker: at, keys });
  const terminal = await startTerminal(t, { broker: at, keys });
  await until(() => terminal.link.state.online);
  terminal.journal.append(stepped);
  terminal.uplink.wake();
  const probe = linkTo(t, at, 'probe');
  await until(() => probe.state.online);
  const refusal = await t.throwsAsync(probe.publish(topics.event('door-1'), '{}'), { code: 'broker.lost' });
  t.regex(refusal.message, /Not authorized/i);
  t.is((await hub.events({ terminal: 'door-1' })).length, 0);
  allow(all);
  await broker.end();
  await broker.start();
  await until(() => terminal.journal.acknowledgedSeq === 1);
  t.is((await hub.events({ terminal: 'door-1' })).length, 1);
});
