import test from 'ava';
import type { Frame } from '../../src/domain/frame.ts';
import { type PictureEncoder, PictureFeed } from '../../src/kiosk/picture-feed.ts';

const never = new AbortController().signal;
const jpeg = (id: number, bytes = 4): Frame => ({
  id,
  format: 'jpeg',
  capturedAtMs: 0,
  data: new Uint8Array(bytes).fill(id),
});
const raw = (id: number): Frame => ({
  ...{ id, format: 'rgb24', capturedAtMs: 0, widthPx: 1, heightPx: 1 },
  data: new Uint8Array(3),
});

function makeFeed(encode: PictureEncoder['encode'] = async () => null) {
  let nowMs = 0;
  const feed = new PictureFeed({ encoder: { encode, close: async () => {} }, nowMs: () => nowMs });
  return {
    feed,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

test("a camera's JPEG goes to everybody who asked, as it is, and the frame's own bytes are left alone", async (t) => {
  const { feed } = makeFeed();
  const asked = [feed.next(0, never), feed.next(0, never)];
  const frame = jpeg(1);
  feed.offer(frame);
  for (const picture of await Promise.all(asked)) t.deepEqual(picture, { id: 1, jpeg: new Uint8Array([1, 1, 1, 1]) });
  t.not((await asked[0])!.jpeg.buffer, frame.data.buffer);
});

test('a viewer that comes back late gets the newest picture and none of those before', async (t) => {
  const { feed, pass } = makeFeed();
  const first = feed.next(0, never);
  feed.offer(jpeg(1));
  t.is((await first)!.id, 1);
  for (const id of [2, 3, 4]) {
    pass(100);
    feed.offer(jpeg(id));
  }
  const second = feed.next(1, never);
  pass(100);
  feed.offer(jpeg(5));
  t.is((await second)!.id, 5);
});

test('many viewers take turns: each picture goes to a few of them, whoever has waited longest', async (t) => {
  const { feed, pass } = makeFeed();
  const got: string[] = [];
  const watch = async (viewer: string) => {
    for (let after = 0; ; ) {
      const picture = await feed.next(after, never);
      if (picture === null) return;
      got.push(viewer);
      after = picture.id;
    }
  };
  const viewers = [...'abcdefgh'].map(watch);
  for (let id = 1; id <= 8; id++) {
    pass(100);
    feed.offer(jpeg(id));
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.is(got.join(''), 'abcdefghabcdefgh');
  await feed.close();
  await Promise.all(viewers);
});

test('more pictures per second than a mirror needs are left out', async (t) => {
  const { feed, pass } = makeFeed();
  const first = feed.next(0, never);
  feed.offer(jpeg(1));
  await first;
  const second = feed.next(1, never);
  pass(20);
  feed.offer(jpeg(2));
  pass(40);
  feed.offer(jpeg(3));
  t.is((await second)!.id, 3);
});

test('raw and overlarge frames are encoded, one at a time, and only while somebody asks', async (t) => {
  const encoded: number[] = [];
  let finish = (_: Uint8Array | null): void => {};
  const { feed, pass } = makeFeed((frame) => {
    encoded.push(frame.id);
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  feed.offer(raw(1));
  t.deepEqual(encoded, []);
  const asked = feed.next(0, never);
  pass(100);
  feed.offer(raw(2));
  pass(100);
  feed.offer(jpeg(3, 400_000));
  finish(new Uint8Array([9]));
  t.deepEqual(await asked, { id: 2, jpeg: new Uint8Array([9]) });
  await new Promise((resolve) => setImmediate(resolve));
  const again = feed.next(2, never);
  pass(100);
  feed.offer(jpeg(4, 400_000));
  finish(new Uint8Array([8]));
  t.is((await again)!.id, 4);
  t.deepEqual(encoded, [2, 4]);
});

test('whoever leaves gets nothing, and more viewers than there are screens are refused', async (t) => {
  const { feed } = makeFeed();
  const leaving = new AbortController();
  const left = feed.next(0, leaving.signal);
  leaving.abort();
  t.is(await left, null);
  const waiting = Array.from({ length: 64 }, () => feed.next(0, never));
  t.is(await feed.next(0, never), null);
  await feed.close();
  t.deepEqual(new Set(await Promise.all(waiting)), new Set([null]));
});
