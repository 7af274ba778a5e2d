import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { type CommandSent, sendCommand } from '../../src/hub/command.ts';
import { issueCommand } from '../../src/hub/command-book.ts';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { sealKeysFor } from '../../src/hub/provision.ts';
import type { TerminalBooks } from '../../src/hub/terminal-books.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import { assertOffer } from '../../src/sync/key-offer.ts';
import { keyId, makeSigningJwk } from '../../src/sync/keys.ts';
import type { Delivery } from '../../src/sync/link.ts';
import type { KeyOffer } from '../../src/sync/messages.ts';
import { nextKeysFileIn } from '../../src/sync/next-keys.ts';
import { provisionedFileIn } from '../../src/sync/provisioned-file.ts';
import { openRosterReplica } from '../../src/sync/roster-replica.ts';
import { type SignedStatus, terminalOpener, terminalSealer } from '../../src/sync/terminal-envelope.ts';
import { openTerminalKeyring } from '../../src/sync/terminal-keyring.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { terminalVerbs } from '../../src/terminal-commands.ts';
import { limen } from '../support/command-line.ts';
import { type Kept, startGuarded } from '../support/guarded-terminal.ts';
import { freshKeys, type SiteKeys } from '../support/keys.ts';
import { needs } from '../support/require.ts';
import { brokerOf, linkTo, startHub, type TestBroker, type TestHub } from '../support/site.ts';
import { freePort, recorder, startMosquitto, temporaryFolder, until } from '../support/sync.ts';
import { TestSite } from '../support/terminal.ts';

const topics = topicsOf('plant');
const stepped = { kind: 'clock.stepped', body: { byMs: 1 } } as const;

async function broker(t: ExecutionContext): Promise<TestBroker> {
  const one = await brokerOf(t, 'aedes 3.1.1');
  await one!.start();
  return one!;
}

/** door-1 with everything that `terminal-sync.ts` puts together, and no verb but `rotate`. */
async function startDoor(t: ExecutionContext, options: { broker: TestBroker; keys: SiteKeys; kept?: Kept }) {
  const keyring = await options.keys.terminal('door-1');
  const { rotate } = terminalVerbs({
    ...{ door: null, health: async () => ({}), resetPassback: () => {}, capture: async () => [] },
    ...{ reload: async () => ({}), renewKeys: (command) => keyring.renew(command) },
  });
  const door = await startGuarded(t, { ...options, name: 'door-1', verbs: { rotate: rotate! } });
  return { ...door, keyring, journal: door.kept.journal };
}

/** A machine that is busy with other tests may bring the proof that a terminal without a clock asks for too late. */
async function ask(central: TestHub, keys: SiteKeys): Promise<CommandSent> {
  const { hub, store, link } = central;
  const sent = await sendCommand(
    {
      ...{ site: 'plant', link, db: store.db, clock: systemClock, repeatMs: 100, sealer: sealer(keys.hub) },
      terminals: terminalOpener(keys.hub, hub.terminals),
    },
    { audience: 'door-1', verb: 'rotate', timeoutMs: 300_000, reason: null, issuer: 'tester' },
  );
  return sent.answers[0]?.code === 'command.clock-unsynced' ? ask(central, keys) : sent;
}

const namesOf = async (books: TerminalBooks) => (await books.find('door-1'))?.keys.map(({ id }) => id);

/** Everything in a terminal's data folder, as text. */
function onDisk(keys: SiteKeys): string {
  const { dataFolder } = keys.identity('door-1');
  return readdirSync(dataFolder)
    .map((name) => readFileSync(join(dataFolder, name), 'latin1'))
    .join('\n');
}

/** A neighbour that believes what the roster lets it believe: what it heard of door-1, and what it could not believe. */
async function neighbour(t: ExecutionContext, options: { broker: TestBroker; keys: SiteKeys }) {
  const keyring = await options.keys.terminal('door-2');
  const file = join(await temporaryFolder(t), 'terminals.json');
  const link = linkTo(t, options.broker, 'door-2');
  const roster = await openRosterReplica({
    ...{ site: 'plant', link, opener: opener('plant', keyring), report: recorder().report },
    ...{ file, leastVersion: () => 0 },
  });
  await roster.follow();
  await until(async () => (await roster.find('door-1')) !== null);
  const opening = terminalOpener(keyring, roster);
  const seqs: number[] = [];
  const refused: unknown[] = [];
  const take = (open: (payload: Uint8Array) => Promise<unknown>) => (delivery: Delivery) =>
    void open(delivery.payload).catch((error) => refused.push(error));
  await link.subscribe(
    topics.event('door-1'),
    take(async (payload) => seqs.push((await opening.event(payload, 'door-1')).seq)),
  );
  await link.subscribe(
    topics.status('door-1'),
    take((payload) => opening.status(payload, 'door-1')),
  );
  return { roster, seqs, refused };
}

test('a terminal changes its own keys while it works: every event arrives, neighbours believe it throughout, and nothing of the old keys is left', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const central = await startHub(t, { broker: where, keys });
  const { hub, notices } = central;
  const door = await startDoor(t, { broker: where, keys });
  await hub.keys.publish();
  const beside = await neighbour(t, { broker: where, keys });
  await until(() => door.journal.lastSeq > 0 && door.journal.acknowledgedSeq === door.journal.lastSeq);
  const { keys: old } = door.keyring.document;
  const [oldName] = (await namesOf(hub.terminals))!;

  let working = true;
  const work = (async () => {
    while (working) {
      door.journal.append(stepped);
      door.sayStatus();
      await delay(5);
    }
  })();
  const { answers } = await ask(central, keys);
  t.is(answers[0]?.outcome, 'done', answers[0]?.message ?? '');
  const { key, offer } = answers[0]!.data as { key: string; offer: KeyOffer };
  t.false(JSON.stringify(answers).includes('"d":'));
  await t.notThrowsAsync(assertOffer({ site: 'plant', terminal: 'door-1' }, offer));

  await until(async () => (await namesOf(hub.terminals))?.join() === key);
  t.not(key, oldName);
  t.is(door.keyring.own.signing.id, key);
  t.is(door.keyring.offer, null);
  working = false;
  await work;
  door.sayStatus();
  await until(() => door.journal.acknowledgedSeq === door.journal.lastSeq);
  const events = await hub.events({ terminal: 'door-1', limit: 1_000_000 });
  t.deepEqual(
    events.map(({ seq }) => seq),
    Array.from({ length: door.journal.lastSeq }, (_, i) => i + 1),
  );
  t.deepEqual(notices, []);
  t.deepEqual(beside.refused, []);
  t.true(beside.seqs.at(-1)! > door.events('keys.renewed')[0]!.seq);
  await until(async () => (await beside.roster.find('door-1'))?.keys.map(({ id }) => id).join() === key);
  t.deepEqual(
    door.events('keys.renewed').map(({ body }) => body),
    [{ key }],
  );
  const left = onDisk(keys);
  t.true(left.includes(door.keyring.document.keys.signing.d));
  for (const secret of [old.signing.d, old.agreement.d]) t.false(left.includes(secret));

  // What the hub changes afterwards reaches it under the new key.
  await hub.keys.rotate(['site', 'hub']);
  await until(async () => (await hub.keys.progress()).waitingFor.join() === 'door-2');
  t.is(door.keyring.held.sequence, keys.hub.document.sequence);

  // And once more: nothing of the first change is in the way of the second.
  t.is((await ask(central, keys)).answers[0]?.outcome, 'done');
  await until(async () => {
    const names = await namesOf(hub.terminals);
    return names?.length === 1 && names[0] !== key;
  });
  t.deepEqual(await namesOf(hub.terminals), [door.keyring.own.signing.id]);
});

/** What lies in a terminal's data folder. */
interface Disk {
  readonly main: Buffer | string;
  readonly previous: Buffer | string;
  readonly next: Buffer | null;
}

function lay(keys: SiteKeys, { main, previous, next }: Disk): void {
  const { dataFolder } = keys.identity('door-1');
  writeFileSync(provisionedFileIn(dataFolder), main);
  writeFileSync(`${provisionedFileIn(dataFolder)}.previous`, previous);
  rmSync(nextKeysFileIn(dataFolder), { force: true });
  if (next !== null) writeFileSync(nextKeysFileIn(dataFolder), next);
}

async function issue(store: HubStore, audience = 'door-1'): Promise<string> {
  const order = { site: 'plant', audience, verb: 'rotate', reason: null, issuer: 'tester', challenge: null };
  return (await issueCommand({ db: store.db, clock: systemClock, lifetimeMs: 10_000 }, order)).id;
}

async function book(books: TerminalBooks, keys: SiteKeys, offer: KeyOffer) {
  const agreement = offer.agreement.x;
  const how = { site: 'plant', keyring: keys.hub, clock: systemClock, rosterVersion: await books.rosterVersion() };
  const sealed = { sequence: keys.hub.document.sequence, text: await sealKeysFor({ id: 'door-1', agreement }, how) };
  return books.offered('door-1', { command: offer.command, signing: offer.signing.x, agreement, sealed });
}

const diskSteps = ['offered', 'written once', 'written twice', 'done', 'damaged'] as const;
const hubSteps = ['asked', 'booked', 'settled'] as const;

for (const disk of diskSteps)
  for (const step of hubSteps) {
    // The hub has confirmed before the terminal writes.
    if (step === 'asked' && disk !== 'offered') continue;
    test(`the terminal ends with its files ${disk}, the hub with its books ${step}: both go on to the new keys`, async (t) => {
      const [keys, where] = [await freshKeys(t), await broker(t)];
      const store = await openHubStore(':memory:');
      t.teardown(() => store.close());
      const books = await keys.attach(store);
      const ring = await keys.terminal('door-1');
      const old = ring.document.keys;
      const { dataFolder } = keys.identity('door-1');
      const before = readFileSync(provisionedFileIn(dataFolder));
      const offer = await ring.renew(await issue(store));
      const next = readFileSync(nextKeysFileIn(dataFolder));
      t.true(await ring.confirmed(ring.agreements[1]!));
      const after = readFileSync(provisionedFileIn(dataFolder));
      const files: Record<(typeof diskSteps)[number], Disk> = {
        offered: { main: before, previous: before, next },
        'written once': { main: after, previous: before, next },
        'written twice': { main: after, previous: after, next },
        done: { main: after, previous: after, next: null },
        damaged: { main: '{"format":1,', previous: before, next },
      };
      lay(keys, files[disk]);
      if (step !== 'asked') t.is(await book(books, keys, offer), 'booked');
      if (step === 'settled') t.true(await books.renewed('door-1'));

      const keyring = await keys.reopened('door-1');
      const { hub } = await startHub(t, { broker: where, keys, store });
      const door = await startDoor(t, { broker: where, keys });
      const name = await keyId(offer.signing);
      await until(async () => (await namesOf(hub.terminals))?.join() === name && keyring.own.signing.id === name);
      door.journal.append(stepped);
      door.sayStatus();
      await until(() => door.journal.acknowledgedSeq === door.journal.lastSeq);
      t.is((await hub.events({ terminal: 'door-1' })).length, door.journal.lastSeq);
      t.is(keyring.offer, null);
      t.false(existsSync(nextKeysFileIn(dataFolder)));
      // A new site key comes to it.
      await hub.keys.rotate(['site']);
      await until(async () => (await hub.keys.progress()).finished);
      for (const secret of [old.signing.d, old.agreement.d]) t.false(onDisk(keys).includes(secret));
    });
  }

test('a second rotate while one is under way goes on with the same keys, in the name of the newer command', async (t) => {
  const keys = await freshKeys(t);
  const ring = await keys.terminal('door-1');
  const [first, second] = ['01J00000000000000000000001', '01J00000000000000000000002'];
  const offer = await ring.renew(first);
  const again = await ring.renew(second);
  t.deepEqual({ ...again, command: first, proof: '' }, { ...offer, proof: '' });
  t.is(again.command, second);
  t.deepEqual(await ring.renew(first), again);
  t.deepEqual((await openTerminalKeyring(keys.identity('door-1')))?.offer, again);
  t.is(ring.own.signing.id, await keyId(ring.document.keys.signing));
});

test('next keys that are damaged, or belong to what was provisioned before, are none', async (t) => {
  const keys = await freshKeys(t);
  const ring = await keys.terminal('door-1');
  const file = nextKeysFileIn(keys.identity('door-1').dataFolder);
  await ring.renew('01J00000000000000000000001');
  const sound = readFileSync(file, 'utf8');
  writeFileSync(file, sound.slice(0, 100));
  t.is((await openTerminalKeyring(keys.identity('door-1')))?.offer, null);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(sound), after: makeSigningJwk().x }));
  t.is((await openTerminalKeyring(keys.identity('door-1')))?.offer, null);
  t.false(existsSync(file));
});

const saying = {
  format: 2,
  terminal: 'door-1',
  online: true,
  session: '01J00000000000000000000000',
  count: 1,
  at: '',
  clock: 'synced',
  since: '',
  software: '',
  pack: '',
  door: null,
  gallery: { lineage: '', version: 0, digest: '', people: 0 },
} as const;

test('the hub takes no keys that nobody asked for, that vouch for something else, or that it had before', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const { hub, store, notices } = await startHub(t, { broker: where, keys });
  const ring = await keys.terminal('door-1');
  const other = await keys.terminal('door-2');
  const [oldName] = (await namesOf(hub.terminals))!;
  const status = (offer: KeyOffer, signedBy = oldName!) =>
    hub.keys.heard({ ...saying, keys: ring.held, offer, signedBy, journal: { lastSeq: 5, acknowledgedSeq: 5 } });
  const codes = () => notices.map(({ code }) => code);
  const unasked = await ring.renew('01J00000000000000000000001');
  await status(unasked);
  await status(unasked);
  t.deepEqual(codes(), ['key.unasked']);
  // Asked of another terminal, and made there.
  const foreign = await other.renew(await issue(store, 'door-2'));
  await status(foreign);
  t.deepEqual(codes(), ['key.unasked', 'message.signature-invalid']);
  const offer = await ring.renew(await issue(store));
  await status({ ...offer, agreement: foreign.agreement });
  t.is(codes()[2], 'message.signature-invalid');
  t.deepEqual(await namesOf(hub.terminals), [oldName]);

  await status(offer);
  const name = await keyId(offer.signing);
  t.deepEqual(await namesOf(hub.terminals), [oldName, name]);
  await status(offer);
  await status(offer, name);
  t.deepEqual(await namesOf(hub.terminals), [name]);
  const version = await hub.terminals.rosterVersion();
  // The broker gives the old status again.
  await status(offer);
  t.is(await book(hub.terminals, keys, offer), 'known');
  t.is(await hub.terminals.rosterVersion(), version);
  t.deepEqual(await namesOf(hub.terminals), [name]);
  await hub.terminals.revoke('door-1', new Date());
  const more = await ring.renew(await issue(store));
  await status({ ...more });
  t.is(await book(hub.terminals, keys, more), 'known');
  t.is((await hub.terminals.find('door-1'))?.revoked, true);
});

test('what is signed with the old key counts until all of it is here, and not a moment longer', async (t) => {
  const [keys, where] = [await freshKeys(t), await broker(t)];
  const { hub, store } = await startHub(t, { broker: where, keys });
  const ring = await keys.terminal('door-1');
  const offer = await ring.renew(await issue(store));
  const name = await keyId(offer.signing);
  t.is(await book(hub.terminals, keys, offer), 'booked');
  const status = (lastSeq: number, acknowledgedSeq: number) =>
    hub.keys.heard({ ...saying, keys: ring.held, signedBy: name, journal: { lastSeq, acknowledgedSeq } });
  await status(40, 8);
  t.is((await namesOf(hub.terminals))?.length, 2);
  await status(90, 39);
  t.is((await namesOf(hub.terminals))?.length, 2);
  await status(200, 40);
  t.deepEqual(await namesOf(hub.terminals), [name]);
  await t.throwsAsync(
    terminalOpener(keys.hub, hub.terminals).event(
      Buffer.from(await terminalSealer(ring).event({ ...stepped })),
      'door-1',
    ),
    { code: 'message.signature-invalid' },
  );
});

test('by the command line, over Mosquitto: a terminal that dies afterwards is reported gone under its new key', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const port = await freePort();
  const where = await startMosquitto(t, { port, folder: await temporaryFolder(t) });
  const site = new TestSite(await temporaryFolder(t));
  t.teardown(() => site.close());
  const { hub, keyring } = await site.startHub({ port });
  const nameNow = async () => (await hub.terminals.find('front-door'))?.keys.map(({ id }) => id).join();
  const terminal = site.startTerminal();
  await site.event('broker.connected');
  const old = await nameNow();
  const config = join(site.folder, 'hub.yaml');
  writeFileSync(config, stringify({ site: 'test', dataFolder: join(site.folder, 'hub'), broker: { url: where.url } }));
  const sent = await limen('hub', 'command', 'front-door', 'rotate', '--config', config, '--timeout', '2m');
  t.is(sent.exitCode, 0, sent.stderr);
  const [, name = ''] = /key +([\w-]{43})/.exec(sent.stdout) ?? [];
  t.not(name, '', sent.stdout);
  t.notRegex(sent.stdout, /proof/);
  await until(async () => (await nameNow()) === name);
  t.not(name, old);

  const seen: SignedStatus[] = [];
  const ear = linkTo(t, { ...where, protocol: '3.1.1', start: async () => {} }, 'ear');
  await ear.subscribe('limen/test/terminal/front-door/status', ({ payload }) =>
    terminalOpener(keyring, hub.terminals)
      .status(payload, 'front-door')
      .then((status) => seen.push(status)),
  );
  await until(() => seen.some(({ online }) => online));
  terminal.kill('SIGKILL');
  await until(() => seen.some(({ online, signedBy }) => !online && signedBy === name));
});
