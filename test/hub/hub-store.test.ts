import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { hubEventsContract } from '../contract/hub-events.ts';
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
