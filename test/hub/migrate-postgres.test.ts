import test from 'ava';
import { Kysely, sql } from 'kysely';
import type { HubTables } from '../../src/hub/hub-schema.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { migrate, migrationsIn } from '../../src/hub/migrate.ts';
import { migrations } from '../../src/hub/migrations/all.ts';
import type { PostgresBooks } from '../../src/hub/postgres-books.ts';
import { postgresDialect } from '../../src/hub/postgres-dialect.ts';
import { postgresFor } from '../support/postgres.ts';

const serverOf = postgresFor(test);
const names = Object.keys(migrations);
const lineage = '01JOLDER000000000000000000';
/** Whoever is in it, with a name of everything that text can hold; U+0000 is what PostgreSQL's `jsonb` cannot. */
const bodies = [
  { personId: 'ada', name: 'Bảo "O\'Neil" \u0000' },
  { personId: null, reason: 'unknown' },
  { cause: 'rex' },
];

/** The books of a limen whose last change was this one, with something in them. */
async function olderBooks(books: PostgresBooks, last: string): Promise<void> {
  const db = new Kysely<HubTables>({ dialect: postgresDialect(books) });
  await migrate(db, Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= last)));
  await sql`insert into meta values ('lineage', ${lineage}), ('version', '7')`.execute(db);
  await sql`insert into people values
    ('ada', 'Ada', '["staff"]', null, null, 6, '5b', 0), ('bob', '', '[]', null, null, 7, '0c', 1)`.execute(db);
  for (const [i, body] of bodies.entries()) {
    await sql`insert into events (terminal, seq, id, at, kind, hash, previous_hash, "row", received_at) values
      ('door-1', ${i + 1}, ${`id-${i}`}, '2026-03-02T08:00:00.000Z', 'x', 'h', 'p', ${JSON.stringify({ body })}, '')`.execute(
      db,
    );
  }
  await sql`insert into commands (id, audience, verb, issuer, issued_at, expires_at) values
    ('01C', 'door-1', 'unlock', 'ada', '2026-03-02T08:00:00.000Z', '2026-03-02T08:00:10.000Z')`.execute(db);
  await db.destroy();
}

for (const last of names.slice(0, -1)) {
  test(`PostgreSQL: books that ended with ${last} come through every later change, with all that was in them`, async (t) => {
    const server = await serverOf(t);
    if (server === null) return;
    const books = await server.database();
    await olderBooks(books, last);
    const store = await openHubStore(books);
    t.teardown(() => store.close());

    t.deepEqual(await migrationsIn(store.db), names);
    t.deepEqual(await store.state(), { lineage, version: 7 });
    t.deepEqual(
      (await store.people()).map(({ id, groups }) => [id, groups]),
      [['ada', ['staff']]],
    );
    const rows = await store.db.selectFrom('events').select(['row', 'person_id']).orderBy('seq').execute();
    t.deepEqual(
      rows.map(({ row }) => JSON.parse(row).body),
      bodies,
    );
    if (last < '006') {
      t.deepEqual(
        rows.map(({ person_id }) => person_id),
        ['ada', null, null],
      );
    }
    if (last < '008') {
      const history = await store.db.selectFrom('group_history').selectAll().execute();
      t.deepEqual(history, [{ person_id: 'ada', since: '', groups: '["staff"]' }]);
    }
    t.like(await store.db.selectFrom('commands').selectAll().executeTakeFirst(), { verb: 'unlock', args: null });
  });
}
