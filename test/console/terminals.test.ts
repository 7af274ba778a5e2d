import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { TerminalView } from '../../src/console/answers/terminals.ts';
import { openFleet } from '../../src/console/fleet.ts';
import { LimenError } from '../../src/domain/errors.ts';
import type { GallerySnapshot } from '../../src/gallery/gallery-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { openCommandDesk } from '../../src/sync/command-desk.ts';
import type { JsonValue } from '../../src/sync/command-judge.ts';
import type { Vitals } from '../../src/sync/diagnosis.ts';
import { opener } from '../../src/sync/envelope.ts';
import { newSession, statusPublisher } from '../../src/sync/status.ts';
import { terminalVerbs } from '../../src/terminal-commands.ts';
import { linkTo, startTerminal } from '../support/site.ts';
import { somebody, temporaryFolder } from '../support/sync.ts';
import { until } from '../support/wait.ts';
import { startConsole, type TestConsole } from './support/console.ts';
import { listen } from './support/live.ts';

const well: Vitals = {
  ...{ framesPerSecond: 9.8, droppedPerSecond: 0.1, latencyMs: 140, temperatureC: 51, diskFreeMb: 20_000 },
  stagesMs: { camera: 8.2, decode: 5.1, detect: 61.4, decide: 1.3 },
};

/** A terminal that says how it does, and can be asked. */
async function talking(
  t: ExecutionContext,
  { keys, broker }: TestConsole,
  how: {
    vitals?: () => Promise<Vitals>;
    health?: Record<string, JsonValue>;
    name?: string;
    aheadMs?: number;
    resetPassback?: (personId: string | null) => void;
    gallery?: () => GallerySnapshot | null;
  },
) {
  const { gallery = () => null } = how;
  const { name = 'front-door', aheadMs = 0, vitals, health = {}, resetPassback = () => {} } = how;
  const { link, journal, events } = await startTerminal(t, { broker, keys, name });
  const [keyring, sealer] = [await keys.terminal(name), await keys.sealer(name)];
  const clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs), quality: () => 'synced' as const };
  const status = statusPublisher({
    ...{ site: 'plant', terminal: name, session: newSession(), sealer, link, clock, software: '1', pack: 'p', journal },
    ...{ gallery, door: () => 'locked' as const, keys: () => keyring.held },
    offer: () => keyring.offer,
    ...(vitals && { vitals }),
  });
  t.teardown(() => status.close());
  const desk = await openCommandDesk({
    ...{ site: 'plant', terminal: name, link, sealer, clock, opener: opener('plant', keyring), report: events.report },
    memoryFile: join(await temporaryFolder(t), 'commands.state'),
    verbs: terminalVerbs({
      ...{ door: null, health: async () => health, resetPassback },
      ...{ capture: async () => [], reload: async () => ({}), renewKeys: (command) => keyring.renew(command) },
    }),
  });
  t.teardown(() => desk.close());
  return { status };
}

async function view({ server, as }: TestConsole, name = 'front-door'): Promise<TerminalView | undefined> {
  const { terminals } = (await server.inject({ url: '/api/terminals', headers: as.auditor })).json();
  return terminals.find(({ id }: TerminalView) => id === name);
}

test('how a terminal does comes with its statuses, each told to whoever watches, and what is wrong stands out', async (t) => {
  const console = await startConsole(t);
  let vitals = well;
  const { status } = await talking(t, console, { vitals: async () => vitals, aheadMs: 9000 });
  await console.desk.fleet.refresh();
  await until(async () => (await view(console))?.presence === 'online');
  const first = await view(console);
  t.deepEqual(first?.heard?.vitals, well);
  t.deepEqual(first?.worries, ['clock-off']);
  t.true(Math.abs(first!.heard!.clockAheadMs! - 9000) < 4000, String(first?.heard?.clockAheadMs));

  const url = await console.server.listen({ host: '127.0.0.1', port: 0 });
  const { told } = await listen(t, url, console.as.auditor.cookie);
  const views = () => told.flatMap((message) => (message.type === 'terminals' ? [message.terminals] : []));
  const before = views().length;
  vitals = { ...well, framesPerSecond: 9.1 };
  status.changed();
  await until(() => told.some((message) => message.type === 'heard' && message.heard.vitals?.framesPerSecond === 9.1));
  t.is(views().length, before, 'new numbers alone are no reason to tell everything again');
  vitals = { ...well, latencyMs: 2600, temperatureC: 84, diskFreeMb: 90 };
  status.changed();
  await until(() => views().at(-1)?.[0]?.worries.includes('hot') === true);
  t.deepEqual(views().at(-1)?.[0]?.worries, ['slow', 'hot', 'disk-low', 'clock-off']);
});

test('a terminal with a newer gallery than the hub stands out: its books were restored', async (t) => {
  const console = await startConsole(t);
  const { lineage } = await console.desk.store.state();
  let snapshot = { lineage, version: 9, embedder: 'test/1', people: [], erased: {} };
  const { status } = await talking(t, console, { gallery: () => snapshot });
  await console.desk.fleet.refresh();
  await until(async () => (await view(console))?.presence === 'online');
  t.deepEqual((await view(console))?.worries, ['gallery-newer']);
  snapshot = { ...snapshot, version: 0 };
  status.changed();
  await until(async () => (await view(console))?.status?.galleryVersion === 0);
  t.deepEqual((await view(console))?.worries, []);
});

test('an older terminal says nothing of how it does; what the broker has kept tells nothing of its clock', async (t) => {
  const console = await startConsole(t);
  await talking(t, console, {});
  await console.desk.fleet.refresh();
  await until(async () => (await view(console))?.presence === 'online');
  t.is((await view(console))?.heard?.vitals, null);
  t.deepEqual((await view(console))?.worries, []);
  const { desk, broker } = console;
  const link = linkTo(t, broker, 'another process');
  const nothing = () => {};
  const later = await openFleet({
    ...{
      ...desk,
      link,
      books: desk.hub.terminals,
      history: () => desk.store.state(),
      onChange: nothing,
      onHeard: nothing,
    },
  });
  t.teardown(() => later.close());
  await until(() => later.views()[0]?.heard !== undefined && later.views()[0]?.heard !== null);
  t.is(later.views()[0]?.heard?.clockAheadMs, null);
});

test('an administrator has a terminal make itself new keys; an operator does not', async (t) => {
  const console = await startConsole(t);
  await talking(t, console, {});
  await until(async () => (await view(console))?.presence === 'online');
  const ask = (role: 'operator' | 'administrator') =>
    console.server.inject({ method: 'POST', url: '/api/terminals/front-door/rotation', headers: console.as[role] });
  t.is((await ask('operator')).statusCode, 403);
  const said = await ask('administrator');
  t.like(said.json(), { terminal: 'front-door', outcome: 'done' }, said.body);
  // The terminal offers them with its status, and the hub takes them.
  await until(async () => (await console.desk.hub.terminals.find('front-door'))?.keys.length === 2);
  const [entry] = await console.desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'administrator', action: 'terminal.rotated', target: 'front-door' });
});

test('a diagnosis is fetched by an operator, written into the book of changes, and not for an auditor', async (t) => {
  const console = await startConsole(t);
  const log = [{ at: '2026-03-01T08:00:00.000Z', level: 'warn', code: 'broker.lost', says: 'the broker is away' }];
  const health = {
    upSeconds: 12,
    latency: { total: { p50Ms: 90, p95Ms: 140, pictures: 55 } },
    log,
    later: 'unheard of',
  };
  await talking(t, console, { health });
  await talking(t, console, { name: 'nonsense', health: { latency: 'soon' } });
  await console.desk.fleet.refresh();
  const ask = (name: string, role: 'auditor' | 'operator') =>
    console.server.inject({ method: 'POST', url: `/api/terminals/${name}/diagnosis`, headers: console.as[role] });
  await until(async () => (await view(console))?.presence === 'online');
  t.is((await ask('front-door', 'auditor')).statusCode, 403);
  const said = await ask('front-door', 'operator');
  t.is(said.statusCode, 200, said.body);
  t.deepEqual(said.json().diagnosis, health);
  const [entry] = await console.desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'operator', action: 'terminal.diagnosed', target: 'front-door' });
  const nonsense = await ask('nonsense', 'operator');
  t.is(nonsense.json().code, 'message.invalid', nonsense.body);
  t.is((await ask('nowhere', 'operator')).json().code, 'terminal.unknown');
});

test('every terminal forgets where one person is, and says so; the book of changes has who asked, and why', async (t) => {
  const console = await startConsole(t);
  const forgotten: (string | null)[] = [];
  await talking(t, console, { resetPassback: (personId) => void forgotten.push(personId) });
  await talking(t, console, {
    name: 'full',
    resetPassback: () => {
      throw new LimenError('disk.full', 'The journal cannot be written.');
    },
  });
  await console.desk.fleet.refresh();
  await console.hub.store.add(somebody('ada'));
  const ask = (person: string, role: 'auditor' | 'operator', payload: object) =>
    console.server.inject({
      ...{ method: 'POST', url: `/api/people/${person}/anti-passback-reset`, headers: console.as[role], payload },
    });
  const reason = 'left with the fire drill';
  t.is((await ask('ada', 'auditor', { reason })).statusCode, 403);
  t.is((await ask('ada', 'operator', {})).statusCode, 400);
  t.is((await ask('bob', 'operator', { reason })).json().code, 'person.unknown');
  t.deepEqual(forgotten, []);
  for (const name of ['front-door', 'full'])
    await until(async () => (await view(console, name))?.presence === 'online');
  const { answers } = (await ask('ada', 'operator', { reason })).json();
  t.deepEqual(forgotten, ['ada']);
  t.deepEqual(
    answers.map(({ terminal, outcome }: Record<string, string>) => [terminal, outcome]),
    [
      ['front-door', 'done'],
      ['full', 'failed'],
    ],
  );
  const [entry] = await console.desk.audit.entries({ limit: 1 });
  t.like(entry, { account: 'operator', action: 'person.anti-passback-reset', target: 'ada' });
  t.deepEqual(entry?.detail, { reason, answers: ['front-door: done', 'full: failed'] });
});
