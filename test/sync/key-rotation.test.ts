import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { LimenError } from '../../src/domain/errors.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener } from '../../src/sync/envelope.ts';
import { followKeys } from '../../src/sync/key-follower.ts';
import type { Delivery, Link } from '../../src/sync/link.ts';
import { type Status, wireFormat } from '../../src/sync/messages.ts';
import { followNeighbours } from '../../src/sync/neighbours.ts';
import { provisionedFileIn } from '../../src/sync/provisioned-file.ts';
import { openRosterReplica } from '../../src/sync/roster-replica.ts';
import { newSession, statusPublisher } from '../../src/sync/status.ts';
import { terminalOpener, terminalSealer } from '../../src/sync/terminal-envelope.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { freshKeys, type SiteKeys } from '../support/keys.ts';
import { brokerOf, linkTo, startHub, startTerminal, type TestBroker } from '../support/site.ts';
import { recorder, temporaryFolder, until } from '../support/sync.ts';

const topics = topicsOf('plant');
const stepped = { kind: 'clock.stepped', body: { byMs: 1 } } as const;

async function broker(t: ExecutionContext): Promise<TestBroker> {
  const one = await brokerOf(t, 'aedes 3.1.1');
  await one!.start();
  return one!;
}

/** A terminal that follows keys and says which it holds, as `terminal-sync.ts` puts it together. */
async function startHolder(t: ExecutionContext, options: { broker: TestBroker; keys: SiteKeys; name?: string }) {
  const { name = 'door-1', keys } = options;
  const terminal = await startTerminal(t, { ...options, name });
  const keyring = await keys.terminal(name);
  const events = recorder();
  const names = { site: 'plant', terminal: name, link: terminal.link };
  const status = statusPublisher({
    ...{
      ...names,
      session: newSession(),
      sealer: terminalSealer(keyring),
      clock: systemClock,
      software: '0',
      pack: 'p',
    },
    ...{ journal: terminal.journal, gallery: () => terminal.replica.snapshot, door: () => 'locked' as const },
    keys: () => keyring.held,
  });
  const following = await followKeys({
    ...names,
    keyring,
    report: events.report,
    onKeys: () => status.changed(),
    onOwn: () => {},
  });
  const stop = async () => {
    await status.close();
    await following.close();
    await terminal.stop();
  };
  t.teardown(stop);
  return { ...terminal, keyring, keyEvents: events, stop };
}

test('both keys are changed under a running site: nothing is refused, nothing lost, and the old keys are worth nothing', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const { hub, enrol, notices } = await startHub(t, { broker: where, keys });
  await enrol('ada');
  const terminal = await startHolder(t, { broker: where, keys });
  await until(() => terminal.ids().length === 1);
  const before = { ...(await keys.terminal('door-1')).document.keys };
  const old = { hub: [...keys.hub.hub], site: [...keys.hub.site] };

  t.false((await hub.keys.rotate(['site', 'hub'])).finished);
  await until(async () => (await hub.keys.progress()).finished);
  await until(() => terminal.keyring.held.sequence === keys.hub.document.sequence);
  t.deepEqual([terminal.keyring.held.site, terminal.keyring.held.hub], [keys.hub.valid.site, keys.hub.valid.hub]);
  t.notDeepEqual(terminal.keyring.document.keys.site, before.site);
  t.is(terminal.keyring.held.site.length, 1);

  await enrol('bob');
  await until(() => terminal.ids().length === 2);
  terminal.journal.append(stepped);
  terminal.uplink.wake();
  await until(() => terminal.journal.acknowledgedSeq === terminal.journal.lastSeq);
  t.deepEqual(terminal.events.codes(), []);
  t.deepEqual(
    terminal.keyEvents.list.map(({ kind }) => kind),
    ['keys.updated', 'keys.updated'],
  );
  t.deepEqual(notices, []);

  // Who kept the old keys can read nothing that the broker holds now, and would believe none of it.
  const records: Uint8Array[] = [];
  const reader = linkTo(t, where, 'reader');
  await reader.subscribe('limen/plant/gallery/person/+/+', ({ payload }) => records.push(payload));
  await until(() => records.length === 2);
  for (const payload of records)
    await t.throwsAsync(opener('plant', old).record(payload, 'ada'), { code: 'gallery.signature-invalid' });
});

test('a terminal that is away is waited for, or not; it gets the new keys when it comes back, years later', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const { hub, enrol } = await startHub(t, { broker: where, keys });
  await startHolder(t, { broker: where, keys });
  await keys.terminal('door-7');
  await hub.keys.rotate(['hub', 'site']);
  await until(async () => (await hub.keys.progress()).waitingFor.join() === 'door-7');
  t.false((await hub.keys.advance()).finished);
  await t.throwsAsync(hub.keys.advance({ without: ['door-8'] }), { code: 'terminal.unknown' });
  t.true((await hub.keys.advance({ without: ['door-7'] })).finished);
  await enrol('ada');
  const late = await startHolder(t, { broker: where, keys, name: 'door-7' });
  await until(() => late.ids().length === 1);
  await until(() => late.keyring.held.sequence === keys.hub.document.sequence);
  t.deepEqual(late.keyring.held.hub, keys.hub.valid.hub);
});

test('a hub that ends after any step goes on with it, and a terminal that ends has the keys of before or after', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const first = await startHub(t, { broker: where, keys });
  await first.enrol('ada');
  const terminal = await startHolder(t, { broker: where, keys });
  await until(() => terminal.ids().length === 1);
  await terminal.stop();
  await first.hub.keys.rotate(['site']);
  await first.stop();

  // The power went while the file was written: what is there is damaged, and the generation before is whole.
  const again = await startHolder(t, { broker: where, keys });
  await until(() => again.keyring.held.sequence === 1);
  await again.stop();
  writeFileSync(provisionedFileIn(keys.identity('door-1').dataFolder), '{"format":1,');
  t.is((await keys.reopened('door-1')).held.sequence, 0);

  // Switched over and then gone: the gallery is still to be published with the new key.
  const { switched } = await import('../../src/hub/hub-key-file.ts');
  await keys.hub.change(switched);
  const second = await startHub(t, { broker: where, keys, store: first.store });
  const third = await startHolder(t, { broker: where, keys });
  await until(async () => (await second.hub.keys.progress()).finished);
  await until(() => third.keyring.held.sequence === keys.hub.document.sequence);
  await second.enrol('bob');
  await until(() => third.ids().length === 2);
  t.deepEqual(third.keyring.held.site, keys.hub.valid.site);
});

/** Hears door-2 as door-1 does for an interlock. */
async function neighbourOf(t: ExecutionContext, options: { broker: TestBroker; keys: SiteKeys; link?: Link }) {
  const { keys } = options;
  const link = options.link ?? linkTo(t, options.broker, 'neighbour');
  const keyring = await keys.terminal('door-1');
  const events = recorder();
  const roster = await openRosterReplica({
    ...{ site: 'plant', link, opener: opener('plant', keyring), report: events.report },
    file: `${await temporaryFolder(t)}/terminals.json`,
    leastVersion: () => keyring.document.rosterVersion,
  });
  await roster.follow();
  const heard: Status[] = [];
  const seqs: number[] = [];
  const others = followNeighbours({
    ...{
      site: 'plant',
      link,
      opener: terminalOpener(keyring, roster),
      clock: { ...systemClock, quality: () => 'synced' as const },
    },
    onStatus: (status) => heard.push(status),
    onEvent: ({ seq }) => seqs.push(seq),
  });
  await others.statusOf(['door-2']);
  await others.eventsOf(['door-2']);
  return { heard, seqs, events, roster };
}

test('a revoked terminal is believed by nobody, and what is published after it is not for it', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const { hub, enrol, notices } = await startHub(t, { broker: where, keys });
  await startHolder(t, { broker: where, keys });
  const lost = await startHolder(t, { broker: where, keys, name: 'door-2' });
  await hub.keys.publish();
  const { heard, seqs, roster } = await neighbourOf(t, { broker: where, keys });
  await until(async () => (await roster.find('door-2'))?.revoked === false);
  lost.journal.append(stepped);
  lost.uplink.wake();
  await until(() => seqs.length === 1 && lost.journal.acknowledgedSeq === 1);

  const stolen = { hub: [...lost.keyring.hub], site: [...lost.keyring.site] };
  await hub.keys.revoke('door-2');
  await until(async () => (await hub.keys.progress()).finished);
  await until(async () => (await roster.find('door-2'))?.revoked === true);
  heard.length = 0;
  const sealer = await keys.sealer('door-2');
  for (let i = 0; i < 3; i++) {
    lost.journal.append(stepped);
    await lost.link.publish(topics.event('door-2'), await sealer.event(lost.journal.latest(1)[0]!));
  }
  await until(() => notices.some(({ code }) => code === 'terminal.revoked' || code === 'message.signature-invalid'));
  await delay(200);
  t.deepEqual([heard, seqs], [[], [1]]);
  t.is((await hub.events({ terminal: 'door-2' })).length, 1);
  await enrol('eve');
  const seen: Delivery[] = [];
  await linkTo(t, where, 'thief').subscribe('limen/plant/gallery/person/+/+', (delivery) => seen.push(delivery));
  await until(() => seen.length === 1);
  await t.throwsAsync(opener('plant', stolen).record(seen[0]!.payload, 'eve'), { code: 'gallery.signature-invalid' });
  t.is((await keys.terminal('door-2')).held.sequence, 0);
});

test('a hostile broker can give old keys, old rosters, old statuses and those of others again, and changes nothing', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const { hub } = await startHub(t, { broker: where, keys });
  const kept: Delivery[] = [];
  const thief = linkTo(t, where, 'thief');
  for (const filter of [topics.keys('+'), topics.roster, topics.everyStatus]) {
    await thief.subscribe(filter, (delivery) => kept.push(delivery));
  }
  const terminal = await startHolder(t, { broker: where, keys });
  const other = await startHolder(t, { broker: where, keys, name: 'door-2' });
  await hub.keys.publish();
  const neighbour = await neighbourOf(t, { broker: where, keys });
  await until(async () => (await neighbour.roster.find('door-2')) !== null);
  other.journal.append(stepped);
  await until(() => neighbour.heard.some(({ online }) => online));
  await hub.keys.rotate(['site']);
  await until(async () => (await hub.keys.progress()).finished);
  await until(() => terminal.keyring.held.sequence === keys.hub.document.sequence);
  await hub.keys.revoke('door-2');
  await until(async () => (await hub.keys.progress()).finished);
  await until(async () => (await neighbour.roster.find('door-2'))?.revoked === true);
  await until(() => terminal.keyring.held.sequence === keys.hub.document.sequence);
  await other.stop();

  const held = structuredClone(terminal.keyring.held);
  const [count, messages] = [neighbour.heard.length, [...kept]];
  t.true(messages.length >= 8);
  for (const { topic, payload } of messages) {
    if (payload.byteLength === 0) continue;
    await thief.publish(topic, payload);
    // And where they do not belong.
    await thief.publish(topics.keys('door-1'), payload);
    await thief.publish(topics.roster, payload);
    await thief.publish(topics.status('door-2'), payload);
  }
  await delay(300);
  t.deepEqual(terminal.keyring.held, held);
  t.is((await neighbour.roster.find('door-2'))?.revoked, true);
  t.is(neighbour.heard.length, count);
  const refused = terminal.keyEvents.list.flatMap((event) => (event.kind === 'keys.refused' ? [event.body.code] : []));
  t.true(refused.includes('key.rollback'));
  t.true(refused.length > 1);
  t.true(
    neighbour.events.list.some((event) => event.kind === 'keys.refused' && event.body.code === 'message.outdated'),
  );
});

test('a status that was said before another is no news, nor one of another start or of long ago', async (t) => {
  const { freshness } = await import('../../src/sync/freshness.ts');
  const now = new Date('2026-03-01T08:00:00.000Z');
  const isFresh = freshness({ now: () => now, monotonicMs: () => 0, quality: () => 'synced' });
  const keys = { sequence: 0, hub: ['a'], site: ['b'] };
  const status = (session: string, count: number, agoMs = 0): Status => ({
    ...{
      format: wireFormat,
      terminal: 'door-2',
      online: true,
      session,
      count,
      clock: 'synced',
      since: '',
      software: '',
      pack: '',
      keys,
    },
    ...{
      at: new Date(now.getTime() - agoMs).toISOString(),
      door: 'locked',
      journal: { lastSeq: 0, acknowledgedSeq: 0 },
    },
    gallery: { lineage: '', version: 0, digest: '', people: 0 },
  });
  t.true(isFresh(status('A', 5)));
  t.false(isFresh(status('A', 5)));
  t.false(isFresh(status('A', 4)));
  t.true(isFresh(status('A', 6)));
  t.false(isFresh(status('B', 1, 60_000)));
  t.true(isFresh(status('B', 1)));
  t.false(isFresh(status('A', 7)));
  t.true(isFresh({ format: wireFormat, terminal: 'door-2', online: false, session: 'B' }));
});

test('keys that cannot be written stay out of use, and are taken when the disk has room again', async (t) => {
  const keys = await freshKeys(t);
  const ring = await keys.terminal('door-1');
  const { sealKeysFor } = await import('../../src/hub/provision.ts');
  const { begun } = await import('../../src/hub/hub-key-file.ts');
  await keys.hub.change((now) => begun(now, ['site']));
  const agreement = ring.document.keys.agreement.x;
  const text = await sealKeysFor(
    { id: 'door-1', agreement },
    { site: 'plant', keyring: keys.hub, clock: systemClock, rosterVersion: 1 },
  );
  let deliver: (delivery: Delivery) => void = () => {};
  const link = {
    subscribe: async (_: string, take: typeof deliver) => (deliver = take),
    refresh: async () => {},
  } as unknown as Link;
  const events = recorder();
  let full = true;
  const held = ring.held;
  const failing = Object.create(ring, {
    adopt: {
      value: async (message: Parameters<typeof ring.adopt>[0]) => {
        const { LimenError: Failure } = await import('../../src/domain/errors.ts');
        if (full) throw new Failure('disk.full', 'no room') as LimenError;
        return ring.adopt(message);
      },
    },
  });
  const following = await followKeys({
    ...{
      site: 'plant',
      terminal: 'door-1',
      link,
      keyring: failing,
      report: events.report,
      onKeys: () => {},
      onOwn: () => {},
      retryMs: 20,
    },
  });
  deliver({ topic: topics.keys('door-1'), payload: Buffer.from(text), retained: true });
  await until(() => events.list.length === 1);
  t.deepEqual(ring.held, held);
  full = false;
  await until(() => ring.held.sequence === 1);
  await following.close();
  t.deepEqual(
    events.list.map(({ kind }) => kind),
    ['keys.refused', 'keys.updated'],
  );
});
