import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'kysely';
import { auditBook } from '../../src/console/audit.ts';
import { begunDeeds } from '../../src/console/begun-deeds.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { TurnedClock } from '../support/commands.ts';
import { startConsole, type TestConsole } from './support/console.ts';

const deed = { account: 'ann', action: 'person.changed', target: '1001', detail: { changed: ['name'] } };
const minuteMs = 60_000;

/** Another process of the same hub: its own book, over the same database. */
function otherProcess({ hub, keys }: TestConsole, clock: TurnedClock) {
  const { db } = hub.store;
  const audit = auditBook({ db, keys: keys.hub, clock });
  const timers = { after: () => () => {}, random: () => 0.5 };
  const log = createLogger({ level: 'error', format: 'json' });
  return { ...begunDeeds({ db, audit, clock, timers, log }), audit };
}

async function begunIn({ hub }: TestConsole): Promise<number> {
  return (await hub.store.db.selectFrom('begun_deeds').select('id').execute()).length;
}

async function bookedActions({ desk }: TestConsole): Promise<string[]> {
  return (await desk.audit.entries()).map(({ action }) => action);
}

function change({ server, as }: TestConsole, payload: object) {
  return server.inject({ method: 'POST', url: '/api/people', headers: as.operator, payload });
}

const newcomer = { id: '1001', name: 'Ann', withoutFace: true, cards: ['4711'], pin: '8351' };

test('a change is kept from before it is made until it is in the book', async (t) => {
  const clock = new TurnedClock();
  const console = await startConsole(t);
  const { around, audit } = otherProcess(console, clock);
  const seen = await around(
    deed,
    async () => ({ begun: await begunIn(console), booked: (await audit.entries()).length }),
    (given) => ({ ...deed, detail: { ...deed.detail, version: given.begun } }),
  );
  t.deepEqual(seen, { begun: 1, booked: 0 });
  t.is(await begunIn(console), 0);
  t.like((await audit.entries())[0], { ...deed, detail: { changed: ['name'], version: 1 } });
});

test('a process that dies in the middle leaves an entry that says so, once, and not before others may have ended', async (t) => {
  const clock = new TurnedClock();
  const console = await startConsole(t);
  const at = clock.now().toISOString();
  let isUnderWay = () => {};
  const started = new Promise<void>((resolve) => {
    isUnderWay = resolve;
  });
  const dead = otherProcess(console, clock);
  void dead.around(
    deed,
    () => {
      isUnderWay();
      return new Promise(() => {});
    },
    () => deed,
  );
  await started;
  const next = otherProcess(console, clock);
  clock.pass(9 * minuteMs);
  await next.settle();
  t.deepEqual(await next.audit.entries(), []);
  clock.pass(minuteMs);
  await Promise.all([next.settle(), dead.settle()]);
  const entries = await next.audit.entries();
  t.is(entries.length, 1);
  t.like(entries[0], { ...deed, detail: { changed: ['name'], ended: 'not known', begun: at } });
  t.is(await begunIn(console), 0);
});

test('a clock that was put back by years does not hide what was begun', async (t) => {
  const clock = new TurnedClock();
  const console = await startConsole(t);
  const at = new Date(clock.now().getTime() + 3 * 365 * 24 * 60 * minuteMs).toISOString();
  await console.hub.store.db
    .insertInto('begun_deeds')
    .values({ id: '0', at, deed: JSON.stringify(deed) })
    .execute();
  const next = otherProcess(console, clock);
  await next.settle();
  t.like((await next.audit.entries())[0], { ...deed, detail: { ended: 'not known', begun: at } });
});

test('what is refused leaves nothing; what fails otherwise is in the book as failed', async (t) => {
  const console = await startConsole(t);
  const { around, audit } = otherProcess(console, new TurnedClock());
  const refused = new LimenError('person.exists', 'There is a person 1001 already.', {});
  await t.throwsAsync(
    around(
      deed,
      () => Promise.reject(refused),
      () => deed,
    ),
    { is: refused },
  );
  t.deepEqual(await audit.entries(), []);
  const lost = new LimenError('store.lost', 'The database does not answer.', {});
  await t.throwsAsync(
    around(
      deed,
      () => Promise.reject(lost),
      () => deed,
    ),
    { is: lost },
  );
  t.like((await audit.entries())[0], { ...deed, detail: { changed: ['name'], ended: 'failed', code: 'store.lost' } });
  t.is(await begunIn(console), 0);
});

test('through the console: what cannot be kept is not done; what was done and cannot be booked yet is booked later', async (t) => {
  const console = await startConsole(t);
  const { db } = console.hub.store;
  const people = async () => (await db.selectFrom('people').select('id').execute()).map(({ id }) => id);
  await sql`CREATE TRIGGER full BEFORE INSERT ON begun_deeds BEGIN SELECT RAISE(ABORT, 'full'); END`.execute(db);
  t.is((await change(console, newcomer)).statusCode, 500);
  t.deepEqual(await people(), []);
  await sql`DROP TRIGGER full`.execute(db);
  await sql`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END`.execute(db);
  t.is((await change(console, newcomer)).statusCode, 200);
  t.deepEqual(await people(), ['1001']);
  t.is(await begunIn(console), 1);
  await sql`DROP TRIGGER full`.execute(db);
  const clock = new TurnedClock();
  clock.nowMs = Date.now() + 11 * minuteMs;
  await otherProcess(console, clock).settle();
  t.true((await bookedActions(console)).includes('person.enrolled'));
  t.is((await change(console, newcomer)).statusCode, 409);
  t.is(await begunIn(console), 0);
});

test('a terminal that is revoked is in the book, also where its certificate could not be', async (t) => {
  const console = await startConsole(t);
  const { server, as, desk, hub } = console;
  const post = (url: string, payload: object = {}) =>
    server.inject({ method: 'POST', url, headers: as.administrator, payload });
  t.is((await post('/api/terminals', { terminal: 'door-9' })).statusCode, 200);
  // Issued by an authority whose key is kept elsewhere by now.
  const issued = join(desk.config.dataFolder, 'certificates', 'issued');
  mkdirSync(issued, { recursive: true });
  writeFileSync(join(issued, 'door-9.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  const refused = await post('/api/terminals/door-9/revocation');
  t.like(refused.json(), { code: 'certificate.invalid' });
  t.truthy((await hub.hub.terminals.all()).find(({ id }) => id === 'door-9')?.revokedAt);
  const [entry] = await desk.audit.entries({ limit: 1 });
  t.like(entry, {
    action: 'terminal.revoked',
    target: 'door-9',
    detail: { ended: 'failed', code: 'certificate.invalid' },
  });
});
