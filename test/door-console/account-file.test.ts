import { copyFileSync, existsSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { sql } from 'kysely';
import { accountBook } from '../../src/console/accounts.ts';
import { atTerminal } from '../../src/console/place.ts';
import { accountFileIn, openAccountFile } from '../../src/door-console/account-file.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const ada = { name: 'ada', role: 'administrator', password: 'correct horse battery' } as const;

test('accounts outlive a restart, in a file that nobody else may read', async (t) => {
  const file = accountFileIn(folder());
  const first = await openAccountFile(file);
  await accountBook(first.db, { clock: systemClock, place: atTerminal }).add(ada);
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) t.is(statSync(file + part).mode & 0o777, 0o600);
  t.is(statSync(dirname(file)).mode & 0o777, 0o700);
  await first.close();
  const second = await openAccountFile(file);
  t.teardown(() => second.close());
  const accounts = accountBook(second.db, { clock: systemClock, place: atTerminal });
  t.like(await accounts.proven('ada', ada.password), { name: 'ada', role: 'administrator' });
  await t.throwsAsync(accounts.remove('eve'), { code: 'account.unknown' });
});

test('what the command line did is handed on once, in its order, and kept while it cannot be', async (t) => {
  const { untold, close } = await openAccountFile(accountFileIn(folder()));
  t.teardown(close);
  const at = '2026-03-01T07:30:00.000Z';
  for (const target of ['ada', 'bob', 'eve'])
    await untold.add({ account: 'root', action: 'account.added', target, detail: { role: 'auditor' }, at });
  const told: (string | null)[] = [];
  const full = new Error('no space');
  const failing = untold.hand(({ target, detail }) => {
    if (told.length === 1) throw full;
    t.deepEqual(detail, { role: 'auditor', at }, 'when it was done, not when it is written down');
    told.push(target);
  });
  t.is(await t.throwsAsync(failing), full);
  t.is(await untold.hand(({ target }) => void told.push(target)), 2);
  t.is(await untold.hand(({ target }) => void told.push(target)), 0);
  t.deepEqual(told, ['ada', 'bob', 'eve']);
});

test('a file that is damaged or of a newer limen lets nobody sign in, and says what to do', async (t) => {
  const garbage = accountFileIn(folder());
  mkdirSync(dirname(garbage), { recursive: true });
  writeFileSync(garbage, 'x'.repeat(20_000));
  const damaged = await t.throwsAsync(openAccountFile(garbage), { code: 'file.corrupt' });
  t.regex((damaged as { hint?: string }).hint ?? '', /Move .*accounts\.db away.*limen console account add/);

  const whole = accountFileIn(folder());
  const { db: books, close } = await openAccountFile(whole);
  t.teardown(close);
  await accountBook(books, { clock: systemClock, place: atTerminal }).add(ada);
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(books);
  const cut = accountFileIn(folder());
  mkdirSync(dirname(cut), { recursive: true });
  copyFileSync(whole, cut);
  truncateSync(cut, statSync(cut).size - 8192);
  await t.throwsAsync(openAccountFile(cut), { code: 'file.corrupt' });

  const newer = accountFileIn(folder());
  const next = await openAccountFile(newer);
  t.teardown(next.close);
  await next.db.updateTable('meta').set({ value: '2' }).where('key', '=', 'schema').execute();
  await t.throwsAsync(openAccountFile(newer), { code: 'file.newer-version' });

  const blocked = join(folder(), 'file');
  writeFileSync(blocked, '');
  await t.throwsAsync(openAccountFile(accountFileIn(blocked)), { code: 'file.unreadable' });
});
