import type { TestFn } from 'ava';
import type { GalleryStore } from '../../src/gallery/gallery-store.ts';
import { personOf, snapshotOf, templateOf } from '../gallery/people.ts';

export interface StoreContract {
  readonly name: string;
  /** A store over `folder`; asked twice, two stores over the same data. */
  readonly open: (folder: string) => GalleryStore;
}

/** What every GalleryStore promises. `folder()` gives a fresh empty folder per test. */
export function storeContract(test: TestFn, { name, open }: StoreContract, folder: () => string): void {
  test(`${name}: nothing was ever written`, async (t) => {
    t.is(await open(folder()).read(), null);
  });

  test(`${name}: what was written is read back, by another store as well`, async (t) => {
    const place = folder();
    const own = templateOf(1);
    const foreign = templateOf(2, { model: 'other/2', dimensions: 5 });
    const limited = { ...personOf('__proto__', [own]), validUntil: '2031-01-31T16:00:00.000Z' };
    const snapshot = {
      ...snapshotOf([limited, personOf('12', [own, foreign]), personOf('no-template', [])], 7),
      erased: Object.fromEntries([
        ['__proto__x', 3],
        ['7', 4],
      ]),
    };
    await open(place).write(snapshot);
    t.deepEqual(await open(place).read(), { snapshot, recoveredFrom: null });
  });

  test(`${name}: an empty gallery is a gallery`, async (t) => {
    const place = folder();
    await open(place).write(snapshotOf([]));
    t.deepEqual((await open(place).read())?.snapshot, snapshotOf([]));
  });

  test(`${name}: the last of many writes wins, also when nobody waited for the ones before`, async (t) => {
    const place = folder();
    const store = open(place);
    await Promise.all(
      [1, 2, 3, 4].map((version) => store.write(snapshotOf([personOf('a', [templateOf(1)])], version))),
    );
    t.is((await open(place).read())?.snapshot.version, 4);
  });

  test(`${name}: people that could not be read back are refused, and the file stays`, async (t) => {
    const place = folder();
    const store = open(place);
    await store.write(snapshotOf([], 1));
    const bad = personOf('../../etc/passwd', [templateOf(1)]);
    await t.throwsAsync(store.write(snapshotOf([bad], 2)), { code: 'gallery.message-invalid' });
    t.is((await open(place).read())?.snapshot.version, 1);
    await store.write(snapshotOf([], 3));
    t.is((await open(place).read())?.snapshot.version, 3);
  });
}
