import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { sql } from 'kysely';
import { stringify } from 'yaml';
import { issueCommand } from '../../src/hub/command-book.ts';
import { copyBooks } from '../../src/hub/copy-books.ts';
import type { Books } from '../../src/hub/database.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { seatOf } from '../../src/hub/open-seat.ts';
import { addRules } from '../../src/hub/rules-book.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { postgresFor } from '../support/postgres.ts';
import { somebody, temporaryFolder } from '../support/sync.ts';

const serverOf = postgresFor(test);

/** Something in every table, and more of it than goes in one statement. */
async function fill(store: HubStore): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await store.add({ ...somebody(`p${i}`), cards: [`c${i}`], pinHash: 'scrypt', pictureNames: [`${i}.jpg`] });
  }
  await store.add({ ...somebody('ä-name'), id: 'umlaut', name: 'Zoë \u{1F600}' });
  await store.erase('p7');
  await addRules(store.db, { zones: [] }, new Date(0));
  const order = { site: 's', audience: '*', verb: 'lock', reason: null, issuer: 'root', challenge: null } as const;
  await issueCommand({ db: store.db, clock: systemClock, lifetimeMs: 1000 }, order);
  const journal = memoryJournal('door');
  for (let i = 0; i < 1203; i++) journal.append({ kind: 'clock.stepped', body: { byMs: i } });
  const events = journal.after(0, 2000) as unknown as WireEvent[];
  const altered = { ...events[2]!, previousHash: 'f'.repeat(64) };
  await storeEvents(store.db, [...events.slice(0, 2), altered, ...events.slice(3)], new Date(0));
}

async function everything(books: Books): Promise<unknown> {
  const store = await openHubStore(books);
  const { rows } = await sql`select terminal, seq, hash, received_at from events order by terminal, seq`.execute(
    store.db,
  );
  const gaps = await store.db.selectFrom('gaps').selectAll().execute();
  const all = [await store.state(), await store.records(), [...(await store.pictureNames())].sort(), rows, gaps];
  await store.close();
  return all;
}

test('a hub moves from SQLite to PostgreSQL and back by command, and is the same hub', async (t) => {
  const postgres = await (await serverOf(t))?.database();
  if (postgres === undefined) return;
  const folder = await temporaryFolder(t);
  const configOf = async (name: string, store: object) => {
    const dataFolder = join(folder, name);
    await mkdir(dataFolder, { recursive: true });
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, stringify({ site: 'plant', dataFolder, broker: { url: 'mqtt://127.0.0.1' }, store }));
    return file;
  };
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${postgres.password}\n`, { mode: 0o600 });
  const first = await configOf('first', { driver: 'sqlite' });
  const second = await configOf('second', { driver: 'postgres', url: postgres.url, passwordFile });
  const third = await configOf('third', { driver: 'sqlite' });
  const sqlite = (name: string) => ({ driver: 'sqlite', file: join(folder, name, 'hub.db') }) as const;
  const store = await openHubStore(sqlite('first'));
  await fill(store);
  await store.close();

  const limen = (from: string, to: string) =>
    promisify(execFile)(process.execPath, [
      join(packageRoot(), 'dist/src/main.js'),
      'hub',
      'copy',
      '--config',
      from,
      '--to',
      to,
    ]);
  t.regex((await limen(first, second)).stdout, /21 people .* 20 templates,\n1203 events of 1 terminals/);
  await limen(second, third);
  const before = await everything(sqlite('first'));
  t.deepEqual(await everything(postgres), before);
  t.deepEqual(await everything(sqlite('third')), before);
  const again = await t.throwsAsync(limen(first, second));
  t.regex(String((again as Error & { stderr?: string }).stderr), /There are books already where the copy should go/);
});

test('books that a hub works with are not copied', async (t) => {
  const folder = await temporaryFolder(t);
  const [from, to] = ['a.db', 'b.db'].map((name) => ({ driver: 'sqlite', file: join(folder, name) }) as const);
  const seating = await (await seatOf(from!, 'publisher')).take();
  await t.throwsAsync(copyBooks({ from: from!, to: to! }), { code: 'hub.already-running' });
  await seating?.release();
  await (await openHubStore(from!)).close();
  t.is((await copyBooks({ from: from!, to: to! })).people, 0);
});

test('a copy that does not read back as it was is undone', async (t) => {
  const books = await (await serverOf(t))?.database();
  if (books === undefined) return;
  const folder = await temporaryFolder(t);
  const from = { driver: 'sqlite', file: join(folder, 'hub.db') } as const;
  const source = await openHubStore(from);
  await fill(source);
  await source.close();
  const target = await openHubStore(books);
  // A database that stores something else than it was given.
  await sql`create function spoil() returns trigger language plpgsql as
    $$ begin new.name := upper(new.name); return new; end $$`.execute(target.db);
  await sql`create trigger spoil before insert on people for each row execute function spoil()`.execute(target.db);
  const before = await target.state();
  await t.throwsAsync(copyBooks({ from, to: books }), { code: 'store.copy-differs', message: /people/ });
  t.deepEqual(await target.state(), before);
  t.deepEqual(await target.records(), []);
  await target.close();
});
