import { PassThrough } from 'node:stream';
import test from 'ava';
import { sql } from 'kysely';
import { LimenError } from '../../src/domain/errors.ts';
import { accountFileIn, openAccountFile } from '../../src/door-console/account-file.ts';
import { keptDeeds } from '../../src/door-console/kept-deeds.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { movedClock } from '../console/support/moved-clock.ts';
import { temporaryFolders } from '../support/folders.ts';
import { password, startDoorConsole, type TestDoorConsole } from './support/door-console.ts';

const folder = temporaryFolders(test);
const full = new LimenError('disk.full', 'There is no space left.', {});
const bob = { name: 'bob', role: 'auditor', password };

function post({ server, as }: TestDoorConsole, url: string, payload: object) {
  return server.inject({ method: 'POST', url, headers: as.administrator, payload });
}

const deedsIn = (at: TestDoorConsole) =>
  at.events('console.deed').map(({ body: { account, action, target } }) => `${account} ${action} ${target}`);

test('what is done while the journal cannot be written is in it later, with the time at which it was done', async (t) => {
  const clock = movedClock();
  const at = await startDoorConsole(t, { clock });
  at.breakJournal(full);
  const before = clock.now().toISOString();
  t.is((await post(at, '/api/accounts', bob)).statusCode, 200);
  const signedIn = await post(at, '/api/session', { name: 'bob', password });
  t.is(signedIn.statusCode, 200);
  t.regex(String(signedIn.headers['set-cookie']), /^limen=/);
  const after = clock.now().toISOString();
  t.is((await post(at, '/api/terminals/front-door/commands', { verb: 'lockdown' })).json().outcome, 'done');
  t.true(at.own.door!.status.lockdown);
  await at.desk.audit.hand();
  t.deepEqual(deedsIn(at), []);
  clock.by(3_600_000);
  at.breakJournal(null);
  await at.desk.audit.hand();
  await at.desk.audit.hand();
  t.deepEqual(deedsIn(at), [
    'administrator account.added bob',
    'bob session.begun null',
    'administrator terminal.commanded front-door',
  ]);
  const [added, begun] = at.events('console.deed').map(({ body }) => body.detail);
  t.like(added, { role: 'auditor' });
  for (const detail of [added, begun]) t.true(before <= String(detail?.at) && String(detail?.at) <= after);
});

test('what can neither be written down nor kept is not done: no account, no session, no cookie', async (t) => {
  const at = await startDoorConsole(t);
  const { db, close } = await openAccountFile(accountFileIn(at.own.config().dataFolder));
  t.teardown(close);
  await sql`CREATE TRIGGER full BEFORE INSERT ON untold BEGIN SELECT RAISE(ABORT, 'full'); END`.execute(db);
  at.breakJournal(full);
  const sessions = async () => (await db.selectFrom('sessions').select('id').execute()).length;
  const before = await sessions();
  const signedIn = await post(at, '/api/session', { name: 'operator', password });
  t.is(signedIn.statusCode, 507);
  t.is(signedIn.headers['set-cookie'], undefined);
  t.is(await sessions(), before);
  const changes = [
    ['POST', '/api/accounts', bob],
    ['PUT', '/api/accounts/operator/role', { role: 'auditor' }],
    ['PUT', '/api/accounts/operator/password', { password: 'another horse battery' }],
    ['PUT', '/api/accounts/operator/disabled', undefined],
    ['DELETE', '/api/accounts/operator', undefined],
  ] as const;
  const accounts = await at.desk.accounts.list();
  for (const [method, url, payload] of changes) {
    const headers = at.as.administrator;
    const said = await at.server.inject({ method, url, headers, ...(payload && { payload }) });
    t.true(said.statusCode >= 500, `${method} ${url}: ${said.body}`);
  }
  t.deepEqual(await at.desk.accounts.list(), accounts);
  t.truthy(await at.desk.accounts.proven('operator', password));
  t.is(await sessions(), before, 'nobody was signed out');
});

test('a disk that stays full is told once, and once more when it is over', async (t) => {
  const { untold, close } = await openAccountFile(accountFileIn(folder()));
  t.teardown(close);
  const printed = new PassThrough();
  let broken = true;
  const book = {
    write: async () => {
      if (broken) throw full;
      return { id: '1', at: '', account: '', action: '', target: null };
    },
    entries: async () => [],
  };
  const log = createLogger({ level: 'info', format: 'json' }, printed);
  const kept = keptDeeds(book, { untold, clock: movedClock(), log });
  await kept.hand();
  await kept.tell({ account: 'ada', action: 'account.added', target: 'bob' });
  for (let i = 0; i < 3; i++) await kept.hand();
  broken = false;
  await kept.hand();
  await kept.hand();
  const lines = String(printed.read()).trim().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    [
      'what is done is kept, and not in the journal yet: There is no space left.',
      'what was done and kept is in the journal',
    ],
  );
});
