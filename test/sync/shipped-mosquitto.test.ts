import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { removeAccount } from '../../src/hub/broker-files.ts';
import {
  certificateFiles,
  certifyTerminal,
  createCertificates,
  revokeCertificates,
} from '../../src/hub/certificate-folder.ts';
import { issueCertificate } from '../../src/hub/certificates.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import type { Link } from '../../src/sync/link.ts';
import { type MqttLinkOptions, openMqttLink } from '../../src/sync/mqtt-link.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { needs } from '../support/require.ts';
import { freePort, temporaryFolder, until } from '../support/sync.ts';

const topics = topicsOf('plant');
const shipped = join(packageRoot(), 'config/mosquitto');
const now = new Date();

/** The broker as the shipped files make it, with the paths of a test and the certificates of a site. */
async function shippedBroker(t: ExecutionContext, change: (conf: string) => string = (conf) => conf) {
  if (!needs(t, 'mosquitto')) return null;
  const folder = await temporaryFolder(t);
  chmodSync(folder, 0o755);
  await createCertificates(folder, { site: 'plant', hosts: ['127.0.0.1', 'localhost'], now });
  cpSync(join(shipped, 'acl'), join(folder, 'acl'));
  chmodSync(join(folder, 'acl'), 0o600);
  const [port, webPort] = [await freePort(), await freePort()];
  const conf = change(readFileSync(join(shipped, 'mosquitto.conf'), 'utf8'))
    .replaceAll('/etc/mosquitto/limen', folder)
    .replaceAll('/var/lib/mosquitto', folder)
    .replace('listener 8883', `listener ${port} 127.0.0.1`)
    .replace('listener 8884', `listener ${webPort} 127.0.0.1`);
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `${conf}\nlog_dest none\n${process.getuid?.() === 0 ? 'user root\n' : ''}`);
  let child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  const stop = async () => {
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  };
  t.teardown(stop);
  const restart = async () => {
    await stop();
    child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  };
  return { folder, restart, url: `mqtts://127.0.0.1:${port}`, webUrl: `wss://127.0.0.1:${webPort}` };
}

function linkWith(t: ExecutionContext, options: Omit<MqttLinkOptions, 'reconnect'>): Link {
  const link = openMqttLink({ ...options, reconnect: { firstMs: 50, mostMs: 200 } });
  t.teardown(() => link.close());
  return link;
}

function asHub(folder: string) {
  const files = certificateFiles(folder);
  const read = (file: string) => readFileSync(file, 'utf8');
  return { ca: read(files.ca), cert: read(files.hub), key: read(files.hubKey) };
}

const online = (link: Link) => until(() => link.state.online);

/** Resolves with what keeps a link from the broker, once it says so. */
async function fault(link: Link): Promise<string> {
  await until(() => !link.state.online && !/not connected yet|ECONNREFUSED/.test(link.state.reason));
  return link.state.online ? '' : link.state.reason;
}

for (const protocol of ['3.1.1', '5'] as const) {
  test(`MQTT ${protocol}: a terminal says what is its own and hears what is for it, by its certificate, and no more`, async (t) => {
    const broker = await shippedBroker(t);
    if (broker === null) return;
    const { folder, url } = broker;
    const hub = linkWith(t, { url, protocol, clientId: 'hub', ...asHub(folder) });
    const one = linkWith(t, {
      url,
      protocol,
      clientId: 'one',
      ...(await certifyTerminal(folder, { terminal: 'door-1', now })),
    });
    await Promise.all([online(hub), online(one)]);
    const atHub: string[] = [];
    await hub.subscribe('limen/plant/#', ({ topic, payload }) => atHub.push(`${topic} ${Buffer.from(payload)}`));
    const heard: string[] = [];
    for (const filter of [
      topics.head,
      'limen/plant/gallery/person/+/+',
      topics.rules,
      topics.roster,
      topics.everyStatus,
      topics.everyEvent,
      ...['door-1', 'door-2'].flatMap((id) => [topics.command(id), topics.ack(id), topics.keys(id)]),
    ])
      await one.subscribe(filter, ({ topic }) => heard.push(topic)).catch(() => {});
    const own = [topics.status('door-1'), topics.event('door-1'), topics.result('door-1'), topics.want('door-1')];
    const others = [
      topics.head,
      topics.person('ada'),
      topics.rules,
      topics.roster,
      topics.status('door-2'),
      topics.event('door-2'),
      topics.result('door-2'),
      topics.want('door-2'),
      topics.ack('door-1'),
      topics.command('door-1'),
      topics.keys('door-1'),
      topics.command('door-2'),
    ];
    // MQTT 5 says that it was refused, 3.1.1 has no words for it.
    const refused: string[] = [];
    for (const topic of others) await one.publish(topic, 'forged').catch(() => refused.push(topic));
    t.deepEqual(refused, protocol === '5' ? others : []);
    await online(one);
    for (const topic of own) await one.publish(topic, 'said');
    await until(() => atHub.length >= own.length);
    t.deepEqual(
      atHub,
      own.map((topic) => `${topic} said`),
    );
    heard.length = 0;
    for (const topic of others) await hub.publish(topic, 'from the hub');
    const forOne = others.filter((topic) => !/want|result|door-2\/command/.test(topic));
    await until(() => heard.length >= forOne.length);
    t.deepEqual(heard, forOne);
  });
}

test('one clear sentence: another authority, no certificate, an expired one and its renewal, a revoked one', async (t) => {
  const broker = await shippedBroker(t);
  if (broker === null) return;
  const { folder, url } = broker;
  const hub = linkWith(t, { url, clientId: 'hub', ...asHub(folder) });
  await online(hub);
  const strange = await temporaryFolder(t);
  await createCertificates(strange, { site: 'annex', hosts: ['127.0.0.1'], now });
  const ours = await certifyTerminal(folder, { terminal: 'door-1', now });
  const theirs = await certifyTerminal(strange, { terminal: 'door-1', now });
  const says = (extra: Partial<MqttLinkOptions>) => fault(linkWith(t, { url, clientId: 'x', ...extra }));
  t.is(
    await says({ ...ours, ca: theirs.ca }),
    "the broker's certificate was not issued by the authority that is trusted here",
  );
  t.is(await says({ ca: ours.ca }), 'the broker wants a client certificate, and there is none here');
  t.is(await says({ ...theirs, ca: ours.ca }), "the broker does not know the authority of this side's certificate");

  const authority = { cert: ours.ca, key: readFileSync(certificateFiles(folder).caKey, 'utf8') };
  const long = new Date(now.getTime() - 1000 * 86_400_000);
  let present = await issueCertificate(authority, { name: 'door-1', now: long, days: 10 });
  const renewing = linkWith(t, {
    url,
    clientId: 'y',
    ca: ours.ca,
    ...present,
    renew: async () => ({ ca: ours.ca, ...present }),
  });
  t.is(await fault(renewing), "the broker says that this side's certificate has expired");
  present = ours;
  await online(renewing);

  t.true(await revokeCertificates(folder, { terminal: 'door-1', now }));
  t.false(await revokeCertificates(folder, { terminal: 'door-9', now }));
  await renewing.close();
  await broker.restart();
  await until(() => !hub.state.online);
  await online(hub);
  t.is(await says(ours), "the broker says that this side's certificate was revoked");
});

test("the broker's own certificate: expired, for another name, and renewed", async (t) => {
  const broker = await shippedBroker(t);
  if (broker === null) return;
  const { folder, url } = broker;
  const files = certificateFiles(folder);
  const authority = { cert: readFileSync(files.ca, 'utf8'), key: readFileSync(files.caKey, 'utf8') };
  const sound = [readFileSync(files.broker), readFileSync(files.brokerKey)] as const;
  const use = async (request: { hosts: string[]; now: Date; days: number }) => {
    const { cert, key } = await issueCertificate(authority, { name: 'broker', ...request });
    writeFileSync(files.broker, cert);
    writeFileSync(files.brokerKey, key);
    await broker.restart();
  };
  await use({ hosts: ['127.0.0.1'], now: new Date(now.getTime() - 100 * 86_400_000), days: 10 });
  const link = linkWith(t, { url, clientId: 'hub', ...asHub(folder) });
  t.is(await fault(link), "the broker's certificate has expired");
  await use({ hosts: ['broker.example'], now, days: 10 });
  await until(
    () =>
      !link.state.online && link.state.reason === "the broker's certificate is for another name than the address says",
  );
  writeFileSync(files.broker, sound[0]);
  writeFileSync(files.brokerKey, sound[1]);
  await broker.restart();
  await online(link);
  t.pass();
});

test('names and passwords in place of certificates; a revoked account is gone from both files', async (t) => {
  const broker = await shippedBroker(t, (conf) =>
    conf
      .replace(/^(crlfile|require_certificate|use_identity_as_username).*$/gm, '')
      .replace('#password_file', 'password_file'),
  );
  if (broker === null) return;
  const { folder, url } = broker;
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, '', { mode: 0o600 });
  for (const name of ['hub', 'door-1', 'door-10'])
    execFileSync('mosquitto_passwd', ['-b', passwords, name, `${name}-secret`], { stdio: 'ignore' });
  await broker.restart();
  const { ca } = asHub(folder);
  const linkOf = (username: string, password: string) =>
    linkWith(t, { url, clientId: username, username, password, ca });
  const [hub, one] = [linkOf('hub', 'hub-secret'), linkOf('door-1', 'door-1-secret')];
  await Promise.all([online(hub), online(one)]);
  const atHub: string[] = [];
  await hub.subscribe('limen/#', ({ topic }) => atHub.push(topic));
  await one.publish(topics.head, 'forged');
  await one.publish(topics.status('door-1'), 'said');
  await until(() => atHub.length > 0);
  t.deepEqual(atHub, [topics.status('door-1')]);
  t.regex(await fault(linkOf('door-1', 'wrong')), /does not (accept|let)/);
  t.deepEqual(await removeAccount(folder, 'door-1'), [passwords]);
  t.deepEqual(readFileSync(passwords, 'utf8').match(/^[^:]+/gm), ['hub', 'door-10']);
  await one.close();
  await broker.restart();
  t.regex(await fault(linkOf('door-1', 'door-1-secret')), /does not (accept|let)/);
  await t.throwsAsync(removeAccount(`${folder}/issued`, 'door-1'), { code: 'file.unreadable' });
});

test('through websockets, where the site has switched them on', async (t) => {
  const broker = await shippedBroker(t, (conf) =>
    conf.replace(/^#(listener 8884[\s\S]*?use_identity_as_username true)/m, (block) => block.replace(/^#/gm, '')),
  );
  if (broker === null) return;
  const link = linkWith(t, { url: broker.webUrl, clientId: 'hub', ...asHub(broker.folder) });
  await online(link);
  const heard: string[] = [];
  await link.subscribe(topics.head, ({ payload }) => heard.push(Buffer.from(payload).toString()));
  await link.publish(topics.head, 'through the web');
  await until(() => heard.length > 0);
  t.deepEqual(heard, ['through the web']);
});
