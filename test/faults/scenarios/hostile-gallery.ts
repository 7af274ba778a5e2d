import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import type { Person } from '../../../src/domain/person.ts';
import { bucketDigests, type RecordStamp } from '../../../src/sync/digest.ts';
import { opener, type Sealer, sealer } from '../../../src/sync/envelope.ts';
import type { HubKeys } from '../../../src/sync/keys.ts';
import type { Delivery, Link } from '../../../src/sync/link.ts';
import { type GalleryRecord, recordToWire, wireFormat } from '../../../src/sync/messages.ts';
import { openGalleryReplica } from '../../../src/sync/replica.ts';
import { followRules } from '../../../src/sync/rules-replica.ts';
import { filterMatches, topicsOf } from '../../../src/sync/topics.ts';
import { freshKeys } from '../../support/keys.ts';
import { somebody } from '../../support/sync.ts';
import { type Chance, chance } from '../simulation/chance.ts';
import { SimulatedDisk } from '../simulation/disk.ts';
import { terminalSealing } from '../simulation/envelope.ts';
import { Life } from '../simulation/life.ts';
import { settled, VirtualTime } from '../simulation/virtual-time.ts';
import { amount, patienceMs, seeds } from '../support/amount.ts';

const topics = topicsOf('plant');
const dayMs = 86_400_000;

/** What a hub once said, and everything that was true when it did. */
interface History {
  readonly messages: readonly { readonly topic: string; readonly payload: string }[];
  /** Version -> people and rules of that version. */
  readonly people: ReadonlyMap<number, readonly Person[]>;
  readonly erasedAt: ReadonlyMap<string, number>;
}

/** A hub's life of some versions; heads are good for a day, and a month passes. */
async function historyOf(seal: Sealer, lineage: string, dice: Chance): Promise<History> {
  const messages: { topic: string; payload: string }[] = [];
  const records = new Map<string, GalleryRecord>();
  const people = new Map<number, readonly Person[]>([[0, []]]);
  const erasedAt = new Map<string, number>();
  for (let version = 1; version <= 12; version++) {
    const id = `p${dice.between(1, 5)}`;
    if (records.get(id)?.kind === 'erased') continue;
    const erased = records.has(id) && dice.percent(30);
    const person = { ...somebody(id, version), name: `Secret ${version}` };
    const record: GalleryRecord = erased
      ? { kind: 'erased', lineage, id, version }
      : { kind: 'person', lineage, id, version, person };
    records.set(id, record);
    if (erased) erasedAt.set(id, version);
    const present = [...records.values()].flatMap((one) => (one.kind === 'person' ? [one.person] : []));
    people.set(
      version,
      present.sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    messages.push({ topic: topics.change(id), payload: await seal.record(recordToWire('plant', record)) });
    const issuedMs = Date.parse('2026-03-01T06:00:00.000Z') - dice.between(0, 30) * dayMs;
    messages.push({
      topic: topics.head,
      payload: await seal.head({
        ...{ format: wireFormat, site: 'plant', lineage, version, embedder: 'test/1', count: present.length },
        buckets: bucketDigests([...records.values()] satisfies RecordStamp[]),
        issuedAt: new Date(issuedMs).toISOString(),
        expiresAt: dice.percent(70) ? null : new Date(issuedMs + dayMs).toISOString(),
      }),
    });
    const rules = { note: `Secret rule ${version}` };
    const issuedAt = new Date(issuedMs).toISOString();
    messages.push({
      topic: topics.rules,
      payload: await seal.rules({ format: wireFormat, site: 'plant', lineage, version, issuedAt, rules }),
    });
  }
  return { messages, people, erasedAt };
}

/** One site in the hands of its broker: what it does, and what may never come of it. */
async function broker(
  seed: number,
  keys: { own: HubKeys; foreign: HubKeys },
): Promise<{ wrongs: string[]; came: number }> {
  const dice = chance(seed);
  const own = await historyOf(sealer(keys.own), 'own', dice);
  const strangers = [
    await historyOf(sealer(keys.foreign), 'own', dice),
    await historyOf(sealer({ hub: keys.foreign.hub, signing: keys.foreign.signing, site: keys.own.site }), 'own', dice),
  ];
  const all = [...own.messages, ...own.messages, ...own.messages, ...strangers.flatMap(({ messages }) => messages)];
  const wrongs: string[] = [];
  for (const { topic, payload } of own.messages)
    if (topic !== topics.head && readable(payload)) wrongs.push(`${topic} can be read`);

  const time = new VirtualTime();
  const disk = new SimulatedDisk(dice);
  let [version, rulesVersion, came] = [0, 0, 0];
  const erased = new Set<string>();
  for (let life = 0; life < 3; life++) {
    const terminal = await startTerminal({ time, disk, dice, keys: keys.own });
    for (let step = 0; step < 60; step++) {
      // Now and then it does its duty for a while: without that, nothing would ever come into force.
      const honest = dice.percent(10) ? dice.between(1, own.messages.length) : 0;
      for (const { topic, payload } of own.messages.slice(0, honest)) terminal.deliver(as(topic, payload));
      const message = dice.pick(all);
      const topic = dice.percent(15) ? dice.pick(all).topic : message.topic;
      const payload = dice.percent(15) ? damaged(message.payload, dice) : message.payload;
      terminal.deliver({ ...as(topic, payload), retained: dice.percent(50) });
      if (dice.percent(60)) await time.run(time.nowMs + dice.between(0, 1000));
      const now = terminal.gallery();
      if (now === null) continue;
      if (now.version < version) wrongs.push(`gallery ${version} went back to ${now.version}`);
      if (now.version > version) came++;
      version = now.version;
      for (const id of Object.keys(now.erased)) erased.add(id);
      const expected = own.people.get(version)?.filter(({ id }) => !(id in now.erased));
      if (!isDeepStrictEqual(now.people, expected)) wrongs.push(`gallery ${version} is none that the hub ever had`);
      if (now.people.some(({ id }) => erased.has(id))) wrongs.push('somebody who was erased is back');
      const rules = disk.rules;
      if (rules === null) continue;
      if (rules.version < rulesVersion) wrongs.push(`rules ${rulesVersion} went back to ${rules.version}`);
      rulesVersion = rules.version;
      if (rules.rules.note !== `Secret rule ${rules.version}`) wrongs.push('rules that the hub never made');
    }
    terminal.kill();
  }
  // In the end the broker is honest: whatever it did before, it has only delayed.
  const terminal = await startTerminal({ time, disk, dice, keys: keys.own });
  const last = own.messages.findLast(({ topic }) => topic === topics.head)!;
  const others = own.messages.filter(({ topic }) => topic !== topics.head);
  for (const { topic, payload } of [...others, last]) terminal.deliver(as(topic, payload));
  await time.run(time.nowMs + 60_000);
  const newest = Math.max(...own.people.keys());
  const isLate = terminal.gallery()?.version !== newest && !isExpired(last.payload);
  if (isLate) wrongs.push(`gallery ${terminal.gallery()?.version} in the end, not ${newest}`);
  if (disk.rules?.version !== newest) wrongs.push(`rules ${disk.rules?.version} in the end, not ${newest}`);
  return { wrongs, came };
}

async function startTerminal(options: { time: VirtualTime; disk: SimulatedDisk; dice: Chance; keys: HubKeys }) {
  const { time, disk, dice, keys } = options;
  const life = new Life(time, dice.next);
  const handlers: [string, (delivery: Delivery) => void][] = [];
  const link: Link = {
    url: 'mqtt://hostile',
    refresh: async () => {},
    state: { online: true },
    publish: async () => {},
    subscribe: async (filter, handle) => {
      const entry: (typeof handlers)[number] = [filter, handle];
      handlers.push(entry);
      return () => void handlers.splice(handlers.indexOf(entry), 1);
    },
    onState: () => {},
    close: async () => {},
  };
  const names = {
    site: 'plant',
    terminal: 'door-1',
    link,
    clock: life.clock(() => 0),
    opener: opener('plant', keys),
    sealer: terminalSealing,
    timers: life.timers,
  };
  const replica = await openGalleryReplica({
    ...names,
    freshness: { now: () => new Date(time.nowMs), confirmed: () => {} },
    store: disk.galleryStore(life),
    report: () => {},
    onGallery: () => {},
  });
  await followRules({
    ...{ ...names, store: disk.rulesStore(life), current: disk.rules, report: () => {} },
    ...{ lineage: () => replica.snapshot?.lineage ?? null, check: async () => {}, onRules: async () => {} },
  });
  await settled();
  return {
    deliver: (delivery: Delivery) => {
      for (const [filter, handle] of [...handlers]) if (filterMatches(filter, delivery.topic)) handle(delivery);
    },
    gallery: () => replica.snapshot,
    kill: () => life.kill(),
  };
}

function as(topic: string, payload: string): Delivery {
  return { topic, payload: Buffer.from(payload), retained: true };
}

function damaged(payload: string, dice: Chance): string {
  const at = dice.between(0, payload.length - 1);
  return payload.slice(0, at) + dice.pick(['A', 'b', '-', '.', '']) + payload.slice(at + 1);
}

/** Whether any part of it says something in plain text. */
function readable(payload: string): boolean {
  return (
    payload.includes('Secret') ||
    payload.split('.').some((part) => Buffer.from(part, 'base64url').toString('latin1').includes('Secret'))
  );
}

function isExpired(head: string): boolean {
  const { expiresAt } = JSON.parse(Buffer.from(head.split('.')[1]!, 'base64url').toString('utf8'));
  return expiresAt !== null && Date.parse(expiresAt) <= Date.parse('2026-03-01T06:00:00.000Z') + dayMs;
}

test('a broker that drops, repeats, reorders, damages, swaps topics and serves last month can delay a gallery and rules, never forge or read them', async (t) => {
  t.timeout(patienceMs);
  const keys = { own: (await freshKeys(t)).hub, foreign: (await freshKeys(t)).hub };
  const chosen = seeds(amount({ short: 30, long: 1000 }));
  t.log(`seeds ${chosen[0]} to ${chosen.at(-1)}`);
  let versions = 0;
  for (const seed of chosen) {
    const { wrongs, came } = await broker(seed, keys);
    versions += came;
    t.deepEqual(wrongs.slice(0, 5), [], `LIMEN_FAULTS_SEED=${seed} npm run test:faults -- hostile-gallery`);
    if (wrongs.length > 0) break;
  }
  t.log(`${chosen.length} brokers, ${versions} versions came into force`);
  t.true(versions > 0 || chosen.length === 1, 'a broker that delivers nothing proves nothing');
});
