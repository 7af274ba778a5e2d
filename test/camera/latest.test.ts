import test from 'ava';
import { Latest } from '../../src/camera/latest.ts';

test('the newest item replaces one that nobody fetched', async (t) => {
  const latest = new Latest<number>();
  t.deepEqual(
    [1, 2, 3].map((item) => latest.put(item)),
    [null, 1, 2],
  );
  latest.end();
  t.is(latest.put(4), 4);
  t.deepEqual(await collect(latest), [3]);
});

test('a consumer that waits gets the item as soon as it is put', async (t) => {
  const latest = new Latest<number>();
  const items = latest.items(new AbortController().signal);
  const pending = items.next();
  latest.put(7);
  t.deepEqual(await pending, { value: 7, done: false });
});

test('a failure comes after the item that still waits, and the first end counts', async (t) => {
  const latest = new Latest<number>();
  latest.put(1);
  latest.fail(new Error('unplugged'));
  latest.end();
  latest.put(2);
  const items = latest.items(new AbortController().signal);
  t.is((await items.next()).value, 1);
  await t.throwsAsync(items.next(), { message: 'unplugged' });
});

test('a failure wakes a consumer that waits', async (t) => {
  const latest = new Latest<number>();
  const pending = latest.items(new AbortController().signal).next();
  latest.fail(new Error('unplugged'));
  await t.throwsAsync(pending, { message: 'unplugged' });
});

test('an abort wakes a consumer that waits, and leaves what is in the slot', async (t) => {
  const latest = new Latest<number>();
  const controller = new AbortController();
  const items = latest.items(controller.signal);
  const pending = items.next();
  controller.abort();
  latest.put(1);
  t.true((await pending).done);
});

test('falsy items are items', async (t) => {
  const latest = new Latest<number | undefined>();
  latest.put(undefined);
  latest.end();
  t.deepEqual(await collect(latest), [undefined]);
});

async function collect<T>(latest: Latest<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of latest.items(new AbortController().signal)) items.push(item);
  return items;
}
