import type { ExecutionContext, TestFn } from 'ava';
import { faceReceipts } from '../../src/hub/erasure-receipts.ts';
import { listPeople } from '../../src/hub/people-office.ts';
import { somebody } from '../support/sync.ts';
import type { HubStoreContract, TestBooks } from './hub-store.ts';

/** What a hub's books promise about people without a face. */
export function hubFacelessContract(test: TestFn, { name, open }: HubStoreContract): void {
  const promise = (what: string, keep: (t: ExecutionContext, store: TestBooks) => Promise<void>) =>
    test(`${name}: ${what}`, async (t) => {
      const store = await open(t);
      if (store !== null) await keep(t, store);
    });
  const faceless = (id: string) => ({ ...somebody(id), templates: [], cards: ['4711'], pinHash: 'scrypt$1' });

  promise('somebody without a face is kept, listed, and stands in nobody’s way', async (t, store) => {
    await store.add(faceless('bo'));
    t.deepEqual(await store.completeModels(), [], 'no embedder has to know anybody');
    await store.add(somebody('ada'));
    const again = await store.another();
    t.deepEqual(await again.person('bo'), { ...faceless('bo'), version: 1 });
    t.deepEqual(await again.completeModels(), ['test/1'], 'who has no face is not missing from an embedder');
    t.like(
      (await listPeople(again)).find(({ id }) => id === 'bo'),
      { templates: 0, embedders: [], faceErasedAt: null, cards: 1, pin: true },
    );
    t.is(await faceReceipts(again, 'bo'), null, 'there was never a face');
    await t.throwsAsync(again.forgetFace('bo'), { code: 'person.without-face' });
    t.is((await store.state()).version, 2, 'a refused change uses up no version');
    t.deepEqual((await store.stamps()).map(({ id, kind }) => `${id} ${kind}`).sort(), ['ada person', 'bo person']);
  });

  promise('a face is forgotten, and nothing else: not until it is there again', async (t, store) => {
    const ada = { ...somebody('ada'), cards: ['4711'], pinHash: 'scrypt$1', validUntil: '2031-01-01T00:00:00.000Z' };
    await store.add({ ...ada, pictureNames: ['ada-1.jpg'] });
    const record = await store.forgetFace('ada');
    t.like(record, { kind: 'person', id: 'ada', version: 2 });
    const without = { ...ada, templates: [], version: 2 };
    t.deepEqual('person' in record && record.person, without);
    t.deepEqual(await store.person('ada'), without);
    for (const table of ['templates', 'template_pictures'] as const) {
      t.deepEqual(await store.db.selectFrom(table).selectAll().execute(), [], table);
    }
    t.deepEqual(
      (await store.stamps(1)).map(({ id, version }) => ({ id, version })),
      [{ id: 'ada', version: 2 }],
    );
    const erasure = (await store.faceErasures()).get('ada');
    t.is(erasure?.version, 2);
    t.is((await listPeople(store))[0]?.faceErasedAt, erasure?.erasedAt);
    await store.replace({ ...without, groups: ['night'] });
    t.is((await faceReceipts(store, 'ada'))?.version, 2, 'a later change erases nothing more');
    await store.replace(ada);
    t.is((await store.faceErasures()).size, 0);
    await store.forgetFace('ada');
    await store.erase('ada');
    t.is((await store.faceErasures()).size, 0);
    await t.throwsAsync(store.forgetFace('ada'), { code: 'person.unknown' });
  });
}
