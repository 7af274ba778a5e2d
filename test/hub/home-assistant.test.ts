import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { doorStates } from '../../src/domain/door-state.ts';
import { discoveryOf } from '../../src/hub/home-assistant/discovery.ts';
import {
  attributesSchema,
  availabilitySchema,
  discoverySchema,
  stateSchema,
} from '../../src/hub/home-assistant/shapes.ts';
import { stateOf } from '../../src/hub/home-assistant/state.ts';
import { nodeId, terminalOfSet } from '../../src/hub/home-assistant/topics.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import type { Status } from '../../src/sync/messages.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { needs } from '../support/require.ts';
import { freePort, startMosquitto, temporaryFolder } from '../support/sync.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const schema = JSON.parse(readFileSync(join(packageRoot(), 'test/hub/home-assistant-discovery.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: false }).compile(schema);

const facts = { site: 'plant', terminal: 'door-1', prefix: 'homeassistant', software: '0.1.0' };
const every = [true, false].flatMap((hasDoor) =>
  [true, false].flatMap((hasContact) => [true, false].map((lastPerson) => ({ hasDoor, hasContact, lastPerson }))),
);

const status = (door: (typeof doorStates)[number] | null): Extract<Status, { online: true }> => ({
  ...{ format: 2, terminal: 'door-1', online: true, session: '01J00000000000000000000000', count: 1 },
  ...{ at: '2026-03-01T08:00:00.000Z', clock: 'synced', since: '2026-03-01T07:00:00.000Z', software: '0.1.0' },
  ...{ gallery: { lineage: 'L', version: 3, digest: '', people: 130 }, pack: 'faceapi', door },
  ...{ journal: { lastSeq: 12, acknowledgedSeq: 10 }, keys: { sequence: 1, hub: ['x'], site: ['y'] } },
});
const nothing = { alarms: [], hasContact: false, lastGrant: null };

test('what is published is device discovery as Home Assistant documents it, and its schema refuses what is not', (t) => {
  for (const has of every) {
    const payload = discoveryOf({ ...facts, ...has });
    t.true(validate(payload), JSON.stringify(validate.errors));
    // What docs/wire says of it leaves nothing out.
    t.deepEqual(discoverySchema.parse(payload) as object, payload);
    const components = (payload as { components: Record<string, { json_attributes_topic?: string }> }).components;
    t.is('lock' in components, has.hasDoor);
    t.is('door' in components, has.hasDoor && has.hasContact);
    t.is(components.lock?.json_attributes_topic !== undefined, has.hasDoor && has.lastPerson);
    t.false(validate({ ...payload, origin: {} }));
    t.false(validate({ ...payload, components: { lock: { platform: 'lock', unique_id: 'x' } } }));
    t.false(
      validate({ ...payload, components: { x: { platform: 'binary_sensor', unique_id: 'x', device_class: 'lid' } } }),
    );
  }
});

test('every template finds its value in the state, for every state of a door; one that stands open is never called locked', (t) => {
  const allowed = new Set(['LOCKED', 'UNLOCKED', 'UNLOCKING', 'JAMMED', 'None']);
  const payload = discoveryOf({ ...facts, hasDoor: true, hasContact: true, lastPerson: false });
  const { components } = payload as { components: Record<string, { value_template: string }> };
  for (const door of doorStates) {
    const state = stateOf(status(door), nothing) as { lock: string; door: string; alarms: Record<string, string> };
    t.true(allowed.has(state.lock), door);
    t.deepEqual(stateSchema.parse(state) as object, state);
    t.is(state.lock === 'LOCKED', door === 'locked' || door === 'lockdown', door);
    t.is(state.door === 'ON', ['opened', 'held-open', 'forced'].includes(door), door);
    for (const { value_template: template } of Object.values(components)) {
      const [, name = '', of] = /^\{\{ value_json\.(\w+)(?:\['([\w-]+)'\])? \}\}$/.exec(template) ?? [];
      const value = (state as Record<string, unknown>)[name];
      t.not(of === undefined ? value : (value as Record<string, unknown> | undefined)?.[of], undefined, template);
    }
  }
  t.is((stateOf(status('jammed'), nothing) as { lock: string }).lock, 'JAMMED');
  t.like(stateOf(status('locked'), { ...nothing, alarms: ['tamper'] }), { alarms: { tamper: 'ON', fire: 'OFF' } });
  t.like(stateOf(status(null), nothing), { people: 130, unsent: 2, clockProblem: 'OFF' });
  t.false('lock' in stateOf(status(null), nothing));
  t.deepEqual(stateSchema.parse(stateOf(status(null), nothing)) as object, stateOf(status(null), nothing));
});

test('no two terminals get one name, and a topic of another site is no order', (t) => {
  const names = [
    ...[nodeId('a', 'b_c'), nodeId('a_b', 'c'), nodeId('a', 'b.c'), nodeId('a', 'b-c'), nodeId('a.b', 'c')],
    ...[nodeId('a', 'b_2ec'), nodeId('a', 'b_5fc')],
  ];
  t.is(new Set(names).size, names.length);
  t.true(names.every((name) => /^[A-Za-z0-9_-]+$/.test(name)));
  t.is(terminalOfSet('plant', 'limen/plant/home-assistant/door-1/set'), 'door-1');
  for (const topic of [
    'limen/annex/home-assistant/door-1/set',
    'limen/plant/home-assistant/../set',
    'limen/plant/home-assistant/door-1/state',
  ])
    t.is(terminalOfSet('plant', topic), null);
});

/** A site on a Mosquitto, and what an ear on it has heard last, by topic. */
async function shown(t: Parameters<typeof needs>[0] & { teardown(end: () => unknown): void }, homeAssistant: object) {
  const port = await freePort();
  await startMosquitto(t as never, { port, folder: await temporaryFolder(t as never) });
  const site = new TestSite(await temporaryFolder(t as never));
  t.teardown(() => site.close());
  await site.startHub({ port, homeAssistant });
  const kept = new Map<string, string>();
  const link = openMqttLink({ url: `mqtt://127.0.0.1:${port}`, protocol: '3.1.1', clientId: 'home-assistant' });
  t.teardown(() => link.close());
  for (const filter of ['homeassistant/#', 'limen/test/home-assistant/#'])
    await link.subscribe(filter, ({ topic, payload }) => kept.set(topic, Buffer.from(payload).toString()));
  const at = (topic: string) => kept.get(`limen/test/home-assistant/front-door/${topic}`) ?? '';
  const order = (what: string, retain = false) =>
    link.publish('limen/test/home-assistant/front-door/set', what, { retain });
  const config = 'homeassistant/device/limen_test_front-door/config';
  return { site, kept, at, order, config, port };
}

test('a real terminal is shown: who was let in only where it is allowed, and its lock opens only where it is allowed', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const { site, kept, at, order, config, port } = await shown(t, { commands: ['lock'] });
  await site.enrol('p01');
  site.startTerminal();
  await until(() => at('availability') === 'online' && kept.has(config));
  t.true(validate(JSON.parse(kept.get(config) ?? '')), JSON.stringify(validate.errors));
  await site.event('verdict.granted');
  await until(() => at('state').includes('"lock":"UNLOCKED"'));
  const name = (await site.hub!.hub.people())[0]?.name ?? '';
  t.is(at('attributes'), '');
  t.false([...kept.values()].some((text) => text.includes('p01') || text.includes(name)));
  // Not allowed here.
  await order('UNLOCK');
  await order('LOCK');
  await until(() => at('state').includes('"lock":"LOCKED"'));
  t.is(site.level(), '0');
  t.deepEqual(
    site.events('command.accepted').map(({ body }) => [body.verb, body.reason]),
    [['lock', 'Home Assistant']],
  );

  await site.stopHub();
  // Kept by the broker until the hub is back, when it is an order of yesterday.
  await order('UNLOCK', true);
  await site.startHub({ port, homeAssistant: { commands: ['lock', 'unlock'], lastPerson: true } });
  await until(() => at('attributes').includes(name));
  for (const [topic, schema] of Object.entries({ state: stateSchema, attributes: attributesSchema }))
    t.true(schema.safeParse(JSON.parse(at(topic))).success, at(topic));
  t.true(availabilitySchema.safeParse(at('availability')).success);
  const accepted = (verb: string) => site.events('command.accepted').filter(({ body }) => body.verb === verb).length;
  await order('LOCK');
  await until(() => accepted('lock') === 2);
  t.is(accepted('unlock'), 0);
  await order('UNLOCK');
  await until(() => accepted('unlock') === 1);

  await site.stopHub();
  await site.startHub({ port, homeAssistant: { enabled: false } });
  await until(() => [...kept.entries()].filter(([topic]) => !topic.endsWith('/set')).every(([, text]) => text === ''));
  t.pass();
});
