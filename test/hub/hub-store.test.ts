import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sql } from 'kysely';
import { LimenError } from '../../src/domain/errors.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { hubEventsContract } from '../contract/hub-events.ts';
import { hubFacelessContract } from '../contract/hub-faceless.ts';
import { hubPeopleContract } from '../contract/hub-people.ts';
import { hubStoreContract } from '../contract/hub-store.ts';
import { seatContract } from '../contract/seat.ts';
import { somebody, temporaryFolder } from '../support/sync.ts';

const sqlite = {
  name: 'SQLite',
  open: async (t: ExecutionContext) => {
    const file = join(await temporaryFolder(t), 'hub.db');
    const another = async () => {
      const store = await openHubStore(file);
      t.teardown(() => store.close());
      return store;
    };
    return { ...(await another()), another };
  },
};
hubStoreContract(test, sqlite);
hubEventsContract(test, sqlite);
hubPeopleContract(test, sqlite);
hubFacelessContract(test, sqlite);
seatContract(test, {
  name: 'SQLite',
  books: async (t) => ({ driver: 'sqlite', file: join(await temporaryFolder(t), 'hub.db') }),
});

test('an erased person leaves an id and nothing else, not even in the file', async (t) => {
  const file = join(await temporaryFolder(t), 'hub.sqlite');
  const store = await openHubStore(file);
  await store.add({ ...somebody('ada'), name: 'Ada Lovelace-Byron' });
  t.deepEqual(await store.erase('ada'), {
    kind: 'erased',
    lineage: (await store.state()).lineage,
    id: 'ada',
    version: 2,
  });
  t.deepEqual(await store.people(), []);
  t.deepEqual(await store.stamps(), [{ id: 'ada', version: 2, kind: 'erased' }]);
  await store.close();
  t.false((await readFile(file)).includes('Lovelace-Byron'));
});

test('a month of some people is found without a look at the rest of their punches', async (t) => {
  const store = await openHubStore(':memory:');
  t.teardown(() => store.close());
  const plan = async (rest: string) => {
    const asked = sql.raw(`explain query plan select * from punches where person_id in ('ada', 'bob') and ${rest}`);
    const { rows } = await sql<{ detail: string }>`${asked}`.execute(store.db);
    return rows.map(({ detail }) => detail).join('\n');
  };
  t.regex(await plan("at >= '2026-01' and at < '2026-02'"), /punches_by_person \(person_id=\? AND at>\? AND at<\?\)/);
  t.regex(await plan("clock = 'unsynced'"), /punches_unset \(clock=\? AND person_id=\?\)/);
});

test('a new file has pages into which an event fits', async (t) => {
  const store = await openHubStore(join(await temporaryFolder(t), 'hub.db'));
  t.teardown(() => store.close());
  t.deepEqual((await sql`pragma page_size`.execute(store.db)).rows, [{ page_size: 8192 }]);
});

test('a file that is no database is not touched', async (t) => {
  const folder = await temporaryFolder(t);
  const nonsense = join(folder, 'nonsense.sqlite');
  await writeFile(nonsense, 'x'.repeat(5000));
  await t.throwsAsync(openHubStore(nonsense), { instanceOf: LimenError, code: 'file.corrupt' });
  t.is(await readFile(nonsense, 'utf8'), 'x'.repeat(5000));
  await t.throwsAsync(openHubStore(join(folder, 'no', 'such', 'folder.sqlite')), {
    instanceOf: LimenError,
    code: 'file.unreadable',
  });
});

test('the names of pictures go with the person', async (t) => {
  const file = join(await temporaryFolder(t), 'hub.sqlite');
  const store = await openHubStore(file);
  await store.add({ ...somebody('ada'), pictureNames: ['ada-secret-2.jpg'] });
  await store.add(somebody('bob'));
  t.deepEqual([...(await store.pictureNames())], [['ada', ['ada-secret-2.jpg']]]);
  await store.erase('ada');
  t.is((await store.pictureNames()).size, 0);
  await store.close();
  t.false((await readFile(file)).includes('ada-secret-2'));
});
