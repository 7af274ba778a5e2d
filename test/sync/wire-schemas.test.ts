import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import test from 'ava';
import { compactDecrypt } from 'jose';
import { stringify } from 'yaml';
import type { Door } from '../../src/door/door.ts';
import { homeAssistantTopics, nodeId } from '../../src/hub/home-assistant/topics.ts';
import { homeAssistantJsonSchemas, homeAssistantWire } from '../../src/hub/home-assistant/wire.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { asyncApiDocument } from '../../src/sync/asyncapi.ts';
import type { Command, CommandResult } from '../../src/sync/command-messages.ts';
import { bucketName, bucketOf } from '../../src/sync/digest.ts';
import { importAgreement } from '../../src/sync/keys.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { type WireMessage, wireJsonSchemas, wireMessages } from '../../src/sync/wire-catalogue.ts';
import { terminalVerbs } from '../../src/terminal-commands.ts';
import { limen } from '../support/command-line.ts';
import { needs } from '../support/require.ts';
import { freePort, startMosquitto, temporaryFolder } from '../support/sync.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const require = createRequire(import.meta.url);
const folder = join(packageRoot(), 'docs', 'wire');
const fileOf = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as object;

function validator(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { base64: true } });
  formats.default(ajv);
  return ajv;
}

test('the files in docs/wire are what the code says: npm run schema', async (t) => {
  const files = {
    ...wireJsonSchemas(),
    ...homeAssistantJsonSchemas(),
    'asyncapi.json': asyncApiDocument(homeAssistantWire),
  };
  for (const [name, schema] of Object.entries(files)) {
    t.deepEqual(await fileOf(name), JSON.parse(JSON.stringify(schema)), name);
  }
});

test('every kind of topic is in the catalogue, at the address that the code uses', (t) => {
  const topics = topicsOf('plant');
  const ids = { site: 'plant', bucket: bucketName(bucketOf('ada')), person: 'ada', terminal: 'door-1' };
  for (const { kind, address } of wireMessages) {
    const topic = `limen/plant/${address.replace(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name])}`;
    t.is(topics.parse(topic)?.kind ?? topic, kind);
  }
  t.is(new Set(wireMessages.map(({ kind }) => kind)).size, wireMessages.length);
});

test('what Home Assistant is shown stands in the AsyncAPI document at the topics that the code uses', async (t) => {
  const document = (await fileOf('asyncapi.json')) as {
    channels: Record<string, { address: string }>;
    operations: Record<string, { action: string; bindings: { mqtt: { retain: boolean } } }>;
  };
  const ids = { prefix: 'homeassistant', device: nodeId('plant', 'door.1'), site: 'plant', terminal: 'door.1' };
  for (const [kind, topic] of Object.entries(homeAssistantTopics('plant', 'door.1', 'homeassistant'))) {
    const name = `homeAssistant${kind[0]?.toUpperCase()}${kind.slice(1)}`;
    const address = document.channels[name]?.address ?? '';
    t.is(
      address.replace(/\{(\w+)\}/g, (_, id: keyof typeof ids) => ids[id]),
      topic,
    );
    const operation = document.operations[`${name}Hub`];
    t.deepEqual(
      [operation?.action, operation?.bindings.mqtt.retain],
      kind === 'set' ? ['receive', false] : ['send', true],
    );
  }
});

test('docs/mqtt.md names every topic, what it holds, and every verb as it is', async (t) => {
  const text = await readFile(join(packageRoot(), 'docs', 'mqtt.md'), 'utf8');
  for (const { address, retained, from } of wireMessages) {
    const topic = address.replace('{terminal}', address.startsWith('gallery') ? '<terminal>' : '<id>');
    const row = text
      .split('\n')
      .find((line) => line.startsWith(`| \`${topic.replace('{person}', '<id>').replace('{bucket}', '<bucket>')}\``));
    t.truthy(row, address);
    const [, , ways = '', kept = ''] = row?.split('|').map((cell) => cell.trim()) ?? [];
    t.is(ways.startsWith(from), true, address);
    t.is(kept.startsWith('yes'), retained, address);
  }
  const verbs = terminalVerbs({
    ...{ door: {} as Door, health: async () => ({}), resetPassback: () => {} },
    ...{ capture: async () => [], reload: async () => ({}), renewKeys: () => Promise.reject(new Error('no keys')) },
  });
  for (const [name, { opens, everywhere, voidedBy }] of Object.entries(verbs)) {
    const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    const [, , , forAll, voided = '', clockless] = row?.split('|').map((cell) => cell.trim()) ?? [];
    t.deepEqual([name, forAll, clockless], [name, everywhere ? 'yes' : 'no', opens ? 'needs a challenge' : 'yes']);
    t.deepEqual(
      [...voided.matchAll(/`([a-z-]+)`/g)].map(([, verb]) => verb),
      [...voidedBy],
      name,
    );
  }
});

test('the AsyncAPI document is valid, and everything it refers to is there', async (t) => {
  const specification = require('@asyncapi/specs/schemas/3.0.0.json') as { $schema: string };
  // Its own copy of draft 07 is inside, under the id that Ajv's bears.
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    meta: false,
    validateSchema: false,
    formats: { uri: true, 'uri-reference': true, email: true, regex: true, 'date-time': true, 'uri-template': true },
  });
  const validate = ajv.compile(specification);
  const document = (await fileOf('asyncapi.json')) as Record<string, object>;
  t.true(validate(document), JSON.stringify(validate.errors?.slice(0, 3)));
  t.false(validate({ ...document, channels: { head: { address: 7 } } }));
  const text = JSON.stringify(document);
  for (const [, reference = ''] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    if (!reference.startsWith('#')) await t.notThrowsAsync(fileOf(reference), reference);
    else {
      const at = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
      t.truthy(at, reference);
    }
  }
});

test('what a hub and a terminal really say over Mosquitto has the shape of its schema, all thirteen kinds of it', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const port = await freePort();
  await startMosquitto(t, { port, folder: await temporaryFolder(t) });
  const site = new TestSite(await temporaryFolder(t));
  t.teardown(() => site.close());
  await site.startHub({ port });
  const heard = new Map<string, Buffer[]>();
  const topics = topicsOf('test');
  const ear = openMqttLink({ url: `mqtt://127.0.0.1:${port}`, protocol: '3.1.1', clientId: 'ear' });
  t.teardown(() => ear.close());
  await ear.subscribe('limen/#', ({ topic, payload }) => {
    const kind = topics.parse(topic)?.kind;
    if (kind === undefined) return t.fail(topic);
    if (payload.byteLength > 0) heard.set(kind, [...(heard.get(kind) ?? []), Buffer.from(payload)]);
  });
  const has = (...kinds: string[]) => until(() => kinds.every((kind) => heard.has(kind)));
  await site.enrol('p02', 'p06');
  await site.hub?.hub.setRules({ permissions: { everybody: { groups: ['*'] } } });
  await has('head', 'list', 'person', 'change', 'rules', 'roster');
  // What the broker has lost, a terminal asks for.
  await site.stopHub();
  await ear.publish(topics.list(bucketName(bucketOf('p06'))), '', { retain: true });
  const terminal = site.startTerminal();
  await has('status', 'want');
  const { hub, keyring } = await site.startHub({ port });
  await site.event('gallery.updated');
  const config = join(site.folder, 'hub.yaml');
  const broker = { url: `mqtt://127.0.0.1:${port}` };
  await writeFile(config, stringify({ site: 'test', dataFolder: join(site.folder, 'hub'), broker }));
  const enrolled = await limen(
    ...['people', 'add', 'p01', '--config', config, '--name', 'Ada', '--from', 'front-door', '--consent'],
    ...['--timeout', '2m'],
  );
  t.is(enrolled.exitCode, 0, enrolled.stderr);
  await hub.erase('p06');
  await site.event('gallery.erased');
  await has('event', 'ack', 'command', 'result', 'keys');
  const statuses = heard.get('status')?.length ?? 0;
  terminal.kill('SIGKILL');
  await until(() => (heard.get('status')?.length ?? 0) > statuses);

  const agreement = await importAgreement(JSON.parse(await readFile(site.provisioning, 'utf8')).keys.agreement);
  const inside = async ({ wrapping, type }: WireMessage, payload: Buffer): Promise<unknown> => {
    if (wrapping === 'text') return payload.toString();
    let compact = payload.toString();
    if (wrapping !== 'jws') {
      const key = wrapping === 'jwe-site' ? keyring.site[0]!.key : agreement;
      const { plaintext, protectedHeader } = await compactDecrypt(compact, key);
      t.is(protectedHeader.typ, type ?? '');
      compact = Buffer.from(plaintext).toString();
    }
    const [header = '', body = ''] = compact.split('.');
    t.like(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'EdDSA', typ: type });
    return JSON.parse(Buffer.from(body, 'base64url').toString());
  };
  const ajv = validator();
  const args: unknown[] = [];
  const data: unknown[] = [];
  for (const message of wireMessages) {
    const validate = ajv.compile(await fileOf(`${message.schema}.schema.json`));
    const payloads = heard.get(message.kind) ?? [];
    t.true(payloads.length > 0, message.kind);
    for (const payload of payloads) {
      const value = await inside(message, payload);
      t.true(validate(value), `${message.kind}: ${JSON.stringify(validate.errors?.[0])} in ${JSON.stringify(value)}`);
      if (message.kind === 'command') args.push((value as Command).args);
      if (message.kind === 'result') data.push((value as CommandResult).data);
      if (typeof value === 'object') t.false(validate({ ...value, format: 1, seq: 'one' }), message.kind);
    }
  }
  const isArgs = ajv.compile(await fileOf('enrol-args.schema.json'));
  const isData = ajv.compile(await fileOf('enrol-data.schema.json'));
  t.true(args.length > 0 && args.every((value) => isArgs(value)));
  t.true(data.some((value) => isData(value)));
});
