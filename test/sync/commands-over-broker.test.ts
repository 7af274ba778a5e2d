import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { Clock } from '../../src/domain/clock.ts';
import type { Occurrence } from '../../src/domain/event.ts';
import { type CommanderOptions, type CommandRequest, sendCommand } from '../../src/hub/command.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { type CommandDeskOptions, openCommandDesk } from '../../src/sync/command-desk.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import type { Link } from '../../src/sync/link.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { lastWill, newSession } from '../../src/sync/status.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { terminalVerbs } from '../../src/terminal-commands.ts';
import { makeDoor } from '../door/support/bench.ts';
import { watchedVerbs } from '../support/commands.ts';
import { freshKeys, type SiteKeys } from '../support/keys.ts';
import { brokerKinds, brokerOf, linkTo, type TestBroker } from '../support/site.ts';
import { temporaryFolder, until } from '../support/sync.ts';

const topics = topicsOf('plant');
const synced: Clock = { ...systemClock, quality: () => 'synced' };
const unsynced: Clock = { ...systemClock, now: () => new Date(0), quality: () => 'unsynced' };

/** A terminal that has nothing but its commands. */
async function startDesk(
  t: ExecutionContext,
  options: { broker: TestBroker; keys: SiteKeys; name?: string; clock?: Clock; verbs?: CommandDeskOptions['verbs'] },
) {
  const { broker, keys, name = 'door-1', clock = synced } = options;
  const acts: string[] = [];
  const events: Occurrence[] = [];
  const sealer = await keys.sealer(name);
  const link = linkTo(t, broker, name, {
    will: await lastWill({ site: 'plant', terminal: name, session: newSession(), sealer }),
  });
  const desk = await openCommandDesk({
    ...{ site: 'plant', terminal: name, link, clock, sealer, opener: opener('plant', await keys.terminal(name)) },
    memoryFile: `${await temporaryFolder(t)}/commands.state`,
    report: (occurrence) => events.push(occurrence),
    verbs: options.verbs ?? watchedVerbs((verb) => void acts.push(verb)),
    // A machine that is busy with other tests is no slow hub.
    challengeLifetimeMs: 300_000,
  });
  t.teardown(() => desk.close());
  await until(() => link.state.online);
  const presence = { format: wireFormat, terminal: name, online: false, session: newSession() } as const;
  await link.publish(topics.status(name), await sealer.status(presence), { retain: true });
  // A terminal obeys nothing that was issued in the very millisecond of its first start.
  await delay(2);
  return { acts, events, link, desk };
}

async function hubOf(t: ExecutionContext, broker: TestBroker, keys: SiteKeys, link?: Link): Promise<CommanderOptions> {
  const store = await openHubStore(':memory:');
  t.teardown(() => store.close());
  await keys.attach(store);
  return {
    ...{ site: 'plant', link: link ?? linkTo(t, broker, 'hub'), db: store.db, clock: systemClock, repeatMs: 100 },
    ...{ sealer: sealer(keys.hub), terminals: keys.opener },
  };
}

const ask = (audience: string, verb: string, timeoutMs = 300_000): CommandRequest => ({
  ...{ audience, verb, timeoutMs, reason: 'a test', issuer: 'tester' },
});

for (const kind of brokerKinds) {
  test(`${kind}: a command is carried out once and its answer arrives; a site is locked down and released`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const [first, second] = [
      await startDesk(t, { broker, keys }),
      await startDesk(t, { broker, keys, name: 'door-2', clock: unsynced }),
    ];
    const hub = await hubOf(t, broker, keys);
    const { id, answers } = await sendCommand(hub, ask('door-1', 'unlock'));
    t.deepEqual(
      answers.map(({ terminal, outcome, data }) => ({ terminal, outcome, data })),
      [{ terminal: 'door-1', outcome: 'done', data: { did: 'unlock' } }],
    );
    t.is(first.events.filter((event) => event.kind === 'command.done').length, 1);
    // The terminal without a clock proves to itself that these are new.
    t.like((await sendCommand(hub, ask('door-2', 'unlock'))).answers[0], { terminal: 'door-2', outcome: 'done' });
    for (const verb of ['lockdown', 'release']) {
      const sent = await sendCommand(hub, ask('*', verb));
      t.deepEqual(
        sent.answers.map(({ terminal, outcome }) => [terminal, outcome]),
        [
          ['door-1', 'done'],
          ['door-2', 'done'],
        ],
      );
    }
    t.deepEqual(first.acts, ['unlock', 'lockdown', 'release']);
    t.deepEqual(second.acts, ['unlock', 'lockdown', 'release']);
    const written = await hub.db.selectFrom('commands').select(['id', 'verb', 'issuer']).orderBy('id').execute();
    t.deepEqual(written[0], { id, verb: 'unlock', issuer: 'tester' });
    t.deepEqual(
      written.map(({ verb }) => verb),
      ['unlock', 'unlock', 'unlock', 'lockdown', 'release', 'release'],
    );
  });

  test(`${kind}: what a broker kept for a terminal that was away, and what it retained, does not act`, async (t) => {
    const broker = await brokerOf(t, kind);
    if (broker === null) return;
    await broker.start();
    const keys = await freshKeys(t);
    const hub = await hubOf(t, broker, keys);
    await until(() => hub.link.state.online);
    const heard: Buffer[] = [];
    await hub.link.subscribe(topics.command('door-1'), ({ payload }) => heard.push(Buffer.from(payload)));
    const { answers } = await sendCommand(hub, ask('door-1', 'unlock', 3000));
    t.like(answers[0], { terminal: 'door-1', outcome: 'unanswered', code: 'command.unanswered' });
    t.regex(answers[0]?.message ?? '', /Nobody has provisioned a terminal of this name/);
    await until(() => heard.length > 0);
    await hub.link.publish(topics.command('door-1'), heard[0]!, { retain: true });
    const { events, acts } = await startDesk(t, { broker, keys });
    const codes = () => events.map(({ body }) => 'code' in body && body.code);
    await until(() => codes().includes('command.retained'));
    await hub.link.publish(topics.command('door-1'), heard[0]!);
    await until(() => codes().length > 1);
    t.deepEqual(codes(), ['command.retained', 'command.forgotten']);
    t.deepEqual(acts, []);
  });
}

test('a real door obeys: locked down it opens for no command, until it is released', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { door, level, kinds } = await makeDoor(t);
  let resets = 0;
  const renewKeys = () => Promise.reject(new Error('no keys'));
  const others = { capture: async () => [], reload: async () => ({}), renewKeys };
  const verbs = terminalVerbs({ door, health: async () => ({}), resetPassback: () => void resets++, ...others });
  await startDesk(t, { broker, keys, verbs });
  const hub = await hubOf(t, broker, keys);
  const answerTo = async (verb: string, audience = 'door-1') =>
    (await sendCommand(hub, ask(audience, verb))).answers[0];

  t.like(await answerTo('unlock'), { outcome: 'done', data: { door: 'unlocked' } });
  t.is(level(), '1');
  t.like(await answerTo('lockdown', '*'), { outcome: 'done' });
  t.is(level(), '0');
  t.true(door.status.lockdown);
  t.like(await answerTo('unlock'), { outcome: 'failed', code: 'door.lockdown' });
  t.is(level(), '0');
  t.like(await answerTo('release', '*'), { outcome: 'done' });
  t.false(door.status.lockdown);
  t.like(await answerTo('unlock'), { outcome: 'done' });
  t.is(level(), '1');
  t.like(await answerTo('lock'), { outcome: 'done' });
  t.is(level(), '0');
  t.like(await answerTo('anti-passback-reset', '*'), { outcome: 'done' });
  t.is(resets, 1);
  t.is(kinds().filter((kind) => kind === 'door.locked-down' || kind === 'door.lifted').length, 2);
});

test('a broker that loses messages and says others twice delays a command, and no more', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { acts } = await startDesk(t, { broker, keys });
  const link = linkTo(t, broker, 'hub');
  let said = 0;
  const lossy: Link = {
    ...link,
    get state() {
      return link.state;
    },
    publish: async (topic, payload) => {
      said++;
      if (said < 3) return;
      await link.publish(topic, payload);
      await link.publish(topic, payload);
    },
    // The first answer is lost, the next comes twice.
    subscribe: (filter, onDelivery) => {
      let lost = filter !== topics.everyResult;
      return link.subscribe(filter, (delivery) => {
        if (lost) {
          onDelivery(delivery);
          onDelivery(delivery);
        }
        lost = true;
      });
    },
  };
  const { answers } = await sendCommand(await hubOf(t, broker, keys, lossy), ask('door-1', 'unlock'));
  t.like(answers[0], { outcome: 'done' });
  t.deepEqual(acts, ['unlock']);
});

test('an answer counts only from the terminal itself, for this command', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const { link } = await startDesk(t, { broker, keys, name: 'door-2' });
  const hub = await hubOf(t, broker, keys);
  const results: Buffer[] = [];
  const observer = linkTo(t, broker, 'observer');
  await until(() => observer.state.online);
  await observer.subscribe(topics.result('door-2'), ({ payload }) => results.push(Buffer.from(payload)));
  t.like((await sendCommand(hub, ask('door-2', 'lock'))).answers[0], { outcome: 'done' });
  await until(() => results.length > 0);
  // Everything that is not the answer of door-1 to this very command.
  const stop = new AbortController();
  const noise = (async () => {
    while (!stop.signal.aborted) {
      await link.publish(topics.result('door-1'), results[0]!);
      await link.publish(topics.result('door-1'), 'done');
      await delay(20);
    }
  })();
  const { answers } = await sendCommand(hub, ask('door-1', 'lock', 400));
  stop.abort();
  await noise;
  t.like(answers[0], { outcome: 'unanswered' });
});

test('without a broker nothing is sent, and the books say nothing was issued', async (t) => {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  const hub = await hubOf(t, broker, await freshKeys(t));
  await t.throwsAsync(sendCommand(hub, ask('door-1', 'unlock', 200)), { code: 'broker.unreachable' });
  t.deepEqual(await hub.db.selectFrom('commands').selectAll().execute(), []);
});

test('ids count up, although the clock of the hub steps back', async (t) => {
  const { issueCommand } = await import('../../src/hub/command-book.ts');
  const store = await openHubStore(':memory:');
  t.teardown(() => store.close());
  const order = { site: 'plant', audience: '*', verb: 'lockdown', reason: null, issuer: 'tester', challenge: null };
  const ids: string[] = [];
  for (const at of [5000, 5000, 1000, 9000, 8999]) {
    const clock = { ...systemClock, now: () => new Date(at) };
    ids.push((await issueCommand({ db: store.db, clock, lifetimeMs: 1000 }, order)).id);
  }
  t.deepEqual(ids, [...ids].sort());
  t.is(new Set(ids).size, 5);
});
