import test from 'ava';
import type { ControlledDoor } from '../../src/door/door-controller.ts';
import { movedClock } from '../console/support/moved-clock.ts';
import { somebody } from '../support/sync.ts';
import { until } from '../support/wait.ts';
import { password, startDoorConsole } from './support/door-console.ts';

test('the terminal is seen with its health, the head that it knows, and what waits for its hub', async (t) => {
  const alone = await startDoorConsole(t, { people: [somebody('ada')], clock: movedClock() });
  const ask = async (at: typeof alone) =>
    (await at.server.inject({ url: '/api/terminals', headers: at.as.auditor })).json().terminals;
  const [seen, ...others] = await ask(alone);
  t.deepEqual(others, []);
  t.like(seen, {
    id: 'front-door',
    provisionedAt: null,
    revokedAt: null,
    presence: 'online',
    headVersion: 7,
    toHub: null,
  });
  t.like(seen, { holdsKeys: true, worries: [], heard: { vitals: { framesPerSecond: 9.5 } } });
  t.like(seen.status, {
    galleryVersion: 7,
    people: 1,
    door: 'locked',
    lockdown: false,
    waitingEvents: 0,
    pack: 'test',
  });

  const hub = { provisionedAt: '2026-03-01T00:00:00.000Z', headVersion: () => 9, isOnline: () => false };
  const ofHub = await startDoorConsole(t, { hub, door: false });
  ofHub.report({ kind: 'clock.stepped', body: { byMs: 1 } });
  const [member] = await ask(ofHub);
  t.like(member, {
    provisionedAt: hub.provisionedAt,
    headVersion: 9,
    toHub: false,
    status: { door: null, waitingEvents: 1 },
  });
});

test('a lockdown is seen whatever the door does: also while the way out is open', async (t) => {
  const { own, server, as } = await startDoorConsole(t);
  await own.door?.lockdown('command');
  (own.door as ControlledDoor).feel('rex', true, performance.now());
  await until(() => own.door?.state === 'unlocked');
  const { terminals } = (await server.inject({ url: '/api/terminals', headers: as.auditor })).json();
  t.like(terminals[0].status, { door: 'unlocked', lockdown: true });
});

test('who is in the gallery is listed without templates, hashes, and what only a hub knows', async (t) => {
  const ada = { ...somebody('ada'), name: 'Ada Lovelace', groups: ['staff', 'office'], pinHash: 'scrypt$x' };
  const bob = { ...somebody('bob'), templates: [], cards: ['1', '2'], validUntil: '2026-01-01T00:00:00.000Z' };
  const { server, as } = await startDoorConsole(t, { door: false, people: [bob, ada] });
  const ask = async (url: string) => server.inject({ url, headers: as.auditor });
  t.deepEqual((await ask('/api/people')).json(), {
    people: [
      {
        ...{ id: 'ada', name: 'Ada Lovelace', groups: ['staff', 'office'], validFrom: null, validUntil: null },
        ...{ templates: 1, cards: 0, pin: true, version: 1 },
      },
      {
        ...{ id: 'bob', name: 'Person bob', groups: ['staff'], validFrom: null, validUntil: bob.validUntil },
        ...{ templates: 0, cards: 2, pin: false, version: 1 },
      },
    ],
    ...{ total: 2, groups: ['office', 'staff'] },
  });
  t.is((await ask('/api/people?text=LOVE')).json().total, 1);
  t.is((await ask('/api/people?group=office')).json().total, 1);
  t.is((await ask('/api/people/bob')).json().cards, 2);
  t.is((await ask('/api/people/eve')).statusCode, 404);
  const refused = await ask('/api/people?suspended=yes');
  t.is(refused.statusCode, 400);
  t.regex(refused.json().message, /at the hub only/);
});

test('the configuration in force can be read, and is not changed from here', async (t) => {
  const { server, as } = await startDoorConsole(t, { door: false });
  const settings = (await server.inject({ url: '/api/settings', headers: as.auditor })).json();
  t.regex(settings.effective, /^terminal: front-door$/m);
  t.like(settings, { file: null, settings: [] });
  const models = (await server.inject({ url: '/api/models', headers: as.auditor })).json();
  t.true(models.packs.some(({ inUse }: { inUse: boolean }) => inUse));
});

test('signing in, being refused and what an administrator changes are deeds in the journal, without a secret', async (t) => {
  const { server, as, events } = await startDoorConsole(t, { door: false });
  const before = (await server.inject({ url: '/api/session' })).json();
  t.like(before, { state: 'signed-out', place: 'terminal', site: 'plant', terminal: 'front-door', name: null });
  const signIn = (name: string, word: string) =>
    server.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-limen': '1' },
      payload: { name, password: word },
    });
  t.is((await signIn('operator', password)).statusCode, 200);
  t.is((await signIn('operator', 'another word or two')).statusCode, 401);
  t.is((await signIn('eve', 'another word or two')).statusCode, 401);
  const added = { name: 'grace', role: 'auditor', password: 'a battery of horses' };
  await server.inject({ method: 'POST', url: '/api/accounts', headers: as.administrator, payload: added });
  t.deepEqual(
    events('console.deed').map(({ body: { account, action, target } }) => [account, action, target]),
    [
      ['operator', 'session.begun', null],
      ['', 'session.refused', 'operator'],
      ['', 'session.refused', null],
      ['administrator', 'account.added', 'grace'],
    ],
  );
  t.notRegex(JSON.stringify(events('console.deed')), /horse|another word/);
  const { entries } = (await server.inject({ url: '/api/audit', headers: as.auditor })).json();
  t.like(entries[0], {
    account: 'administrator',
    action: 'account.added',
    target: 'grace',
    detail: { role: 'auditor' },
  });
  const older = (await server.inject({ url: `/api/audit?before=${entries[1].id}`, headers: as.auditor })).json();
  t.deepEqual(older.entries, entries.slice(2));
  t.is((await server.inject({ url: '/api/audit?before=x', headers: as.auditor })).statusCode, 400);
});

test('a session ends after half an hour without use', async (t) => {
  const clock = movedClock();
  const { server, as } = await startDoorConsole(t, { clock, door: false });
  const ask = async () => (await server.inject({ url: '/api/terminals', headers: as.operator })).statusCode;
  t.is(await ask(), 200);
  clock.by(29 * 60_000);
  t.is(await ask(), 200);
  clock.by(31 * 60_000);
  t.is(await ask(), 401);
});
