import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import test from 'ava';
import { sql } from 'kysely';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { somebody, temporaryFolder } from '../support/sync.ts';

/** The tables as limen 0.x with the schema numbers 1 and 3 made them, word for word. */
const tablesOf1 = `
  create table meta (key text primary key, value text not null) strict;
  create table people (
    id text primary key, name text not null, groups text not null, valid_from text, valid_until text,
    version integer not null unique, bucket text not null, erased integer not null) strict;
  create index people_by_bucket on people (bucket);
  create table templates (
    person_id text not null references people (id), position integer not null, model text not null,
    scale real not null, data blob not null, primary key (person_id, position)) strict;
  create table events (
    terminal text not null, seq integer not null, id text not null, at text not null, kind text not null,
    hash text not null, previous_hash text not null, row text not null, received_at text not null,
    primary key (terminal, seq)) strict, without rowid;
  create table terminals (terminal text primary key, seq integer not null, hash text not null) strict;
  create table gaps (
    terminal text not null, from_seq integer not null, to_seq integer not null, reason text not null,
    primary key (terminal, from_seq)) strict;
  create table commands (
    id text primary key, audience text not null, verb text not null, reason text, issuer text not null,
    issued_at text not null, expires_at text not null) strict;`;
const addedBy3 = `
  create table credentials (
    person_id text primary key references people (id), pin_hash text, duress_pin_hash text,
    cards text not null, extended_pulse integer not null) strict;
  create table rules (version integer primary key, set_at text not null, rules text not null) strict;
  create table template_pictures (
    person_id text not null references people (id), position integer not null, name text not null,
    primary key (person_id, position)) strict;`;
const ada = `
  insert into meta values ('lineage', '01JOLDER000000000000000000'), ('version', '7');
  insert into people values ('ada', 'Ada', '["staff"]', null, '2031-01-31T16:00:00.000Z', 7, '5b', 0);
  insert into templates values ('ada', 0, 'test/1', 0.1, x'80ff007f');
  insert into terminals values ('door-1', 9007199254740991, '${'a'.repeat(64)}');`;

const olderLimens = {
  1: `${tablesOf1} ${ada} insert into meta values ('schema', '1');`,
  3: `${tablesOf1} ${addedBy3} ${ada} insert into meta values ('schema', '3');
    insert into credentials values ('ada', 'scrypt', null, '["4711"]', 1);
    insert into template_pictures values ('ada', 0, 'ada.jpg');
    insert into rules values (2, '2026-01-01T00:00:00.000Z', '{}');`,
};

for (const [schema, script] of Object.entries(olderLimens)) {
  test(`the books of a limen with schema ${schema} are taken over, nothing lost, and that limen is kept out`, async (t) => {
    const file = join(await temporaryFolder(t), 'hub.db');
    const old = new DatabaseSync(file);
    old.exec(script);
    const before = contentsOf(old);
    old.close();

    const store = await openHubStore(file);
    t.deepEqual(await store.state(), { lineage: '01JOLDER000000000000000000', version: 7 });
    const [person] = await store.people();
    t.deepEqual([...(person?.templates[0]?.data ?? [])], [-128, -1, 0, 127]);
    t.deepEqual(person?.cards, schema === '3' ? ['4711'] : undefined);
    await store.add({ ...somebody('bob'), pictureNames: ['bob.jpg'] });
    t.is((await store.state()).version, 8);
    await store.close();

    const now = new DatabaseSync(file);
    t.teardown(() => now.close());
    const after = contentsOf(now);
    for (const [table, rows] of Object.entries(before)) {
      if (table === 'meta') continue;
      for (const row of rows) t.true(after[table]?.includes(row), `${table}: ${row}`);
    }
    const { value } = now.prepare("select value from meta where key = 'schema'").get() as { value: string };
    t.true(Number(value) > 3, 'an older limen refuses what is above its own number');
  });
}

test('books of a newer limen are refused by name, and the file stays byte for byte', async (t) => {
  const file = join(await temporaryFolder(t), 'hub.db');
  const store = await openHubStore(file);
  await sql`insert into kysely_migration (name, timestamp) values ('999-from-the-future', '2099')`.execute(store.db);
  // What is still in SQLite's log would come into the file with the next one who opens and closes it.
  await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
  await store.close();
  const before = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const error = await t.throwsAsync(openHubStore(file), { code: 'file.newer-version' });
  t.regex(String((error as { hint?: string }).hint), /999-from-the-future/);
  t.is(
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
    before,
  );
});

test('processes that open an empty folder at once agree on one lineage', async (t) => {
  const file = join(await temporaryFolder(t), 'hub.db');
  const room = pathToFileURL(join(packageRoot(), 'dist/src/hub/hub-store.js')).href;
  const script = `const { openHubStore } = await import(${JSON.stringify(room)});
    const store = await openHubStore(${JSON.stringify(file)});
    console.log((await store.state()).lineage);
    await store.close();`;
  const said = await Promise.all(
    [1, 2, 3].map(() => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])),
  );
  const lineages = new Set(said.map(({ stdout }) => stdout.trim()));
  t.is(lineages.size, 1);
  t.regex([...lineages].join(), /^[0-9A-Z]{26}$/);
});

function contentsOf(database: InstanceType<typeof DatabaseSync>): Record<string, string[]> {
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all() as { name: string }[];
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      database
        .prepare(`select * from "${name}"`)
        .all()
        .map((row: unknown) =>
          JSON.stringify(row, (_key, value) =>
            value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
          ),
        ),
    ]),
  );
}
