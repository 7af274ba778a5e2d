import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { somebody, temporaryFolder } from '../support/sync.ts';

test('what was enrolled is there after a restart, template for template, in the same lineage', async (t) => {
  const file = join(await temporaryFolder(t), 'hub.sqlite');
  const first = await openHubStore(file);
  await first.add(somebody('ada'));
  await first.add(somebody('bob'));
  const state = await first.state();
  t.is(state.version, 2);
  await first.close();
  const again = await openHubStore(file);
  t.teardown(() => again.close());
  t.deepEqual(await again.state(), state);
  t.deepEqual(await again.people(), [somebody('ada', 1), somebody('bob', 2)]);
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

test('a refused change uses up no version', async (t) => {
  const store = await openHubStore(':memory:');
  t.teardown(() => store.close());
  await store.add(somebody('ada'));
  await t.throwsAsync(store.add(somebody('ada')), { instanceOf: LimenError, code: 'person.exists' });
  await t.throwsAsync(store.erase('bob'), { instanceOf: LimenError, code: 'person.unknown' });
  await store.erase('ada');
  await t.throwsAsync(store.erase('ada'), { instanceOf: LimenError, code: 'person.unknown' });
  await t.throwsAsync(store.add(somebody('ada')), { instanceOf: LimenError, code: 'person.exists' });
  t.is((await store.state()).version, 2);
});

test('records can be asked for by bucket', async (t) => {
  const store = await openHubStore(':memory:');
  t.teardown(() => store.close());
  for (const id of ['ada', 'bob', 'carl']) await store.add(somebody(id));
  const { bucketName, bucketOf } = await import('../../src/sync/digest.ts');
  const records = await store.records([bucketName(bucketOf('bob'))]);
  t.deepEqual(
    records.map(({ id }) => id),
    ['bob'],
  );
  t.is((await store.records()).length, 3);
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

test('the names of pictures come back in the order of the templates, and go with the person', async (t) => {
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
