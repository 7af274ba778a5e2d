import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { replayCamera } from '../../src/camera/replay.ts';
import { isLimenError } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { cameraContract, take } from '../contract/camera.ts';
import { clipFolder, copyPictures, temporaryFolder } from './support.ts';

cameraContract({
  driver: 'replay',
  make: (_t, fps) => replayCamera({ folder: clipFolder, fps, loop: true }),
  makeMissing: async (t) => replayCamera({ folder: join(await temporaryFolder(t), 'none'), fps: 10, loop: true }),
});

test('a clip played once shows every picture in the order of the names and then ends', async (t) => {
  const folder = await temporaryFolder(t);
  for (const number of [10, 9, 1]) await writeFile(join(folder, `frame-${number}.jpg`), `${number}`);
  await writeFile(join(folder, 'notes.txt'), 'not a picture');
  const frames = await all(replayCamera({ folder, fps: 4, loop: false }));
  t.deepEqual(frames.map(textOf), ['1', '9', '10']);
  t.deepEqual(
    frames.map(({ id }) => id),
    [1, 2, 3],
  );
});

test('the pictures carry the times they were due at', async (t) => {
  const frames = await take(replayCamera({ folder: clipFolder, fps: 25, loop: true }), 5);
  const first = frames[0] as Frame;
  for (const frame of frames) {
    const dueMs = first.capturedAtMs + (frame.id - first.id) * 40;
    t.true(Math.abs(frame.capturedAtMs - dueMs) < 1e-6);
  }
});

test('a consumer slower than real time misses pictures, but never the last of a clip', async (t) => {
  const folder = await temporaryFolder(t);
  await copyPictures(folder, 10);
  const ids: number[] = [];
  for await (const frame of replayCamera({ folder, fps: 50, loop: false }).frames(new AbortController().signal)) {
    ids.push(frame.id);
    await delay(90);
  }
  t.true(ids.length < 10);
  t.is(ids.at(-1), 10);
});

test('as consumed, every picture comes however slow or fast the consumer is, with the time of the clip', async (t) => {
  const folder = await temporaryFolder(t);
  await copyPictures(folder, 8);
  const frames: Frame[] = [];
  const camera = replayCamera({ folder, fps: 100, loop: false, paced: 'as-consumed' });
  for await (const frame of camera.frames(new AbortController().signal)) {
    frames.push(frame);
    await delay(frame.id % 2 === 0 ? 0 : 35);
  }
  t.deepEqual(
    frames.map(({ id }) => id),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  const startMs = frames[0]?.capturedAtMs ?? Number.NaN;
  for (const frame of frames) t.true(Math.abs(frame.capturedAtMs - startMs - (frame.id - 1) * 10) < 1e-6);
});

test('a loop starts over and counts on', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['a', 'b']) await writeFile(join(folder, `${name}.jpeg`), name);
  const frames = await take(replayCamera({ folder, fps: 10, loop: true, paced: 'as-consumed' }), 5);
  t.deepEqual(frames.map(textOf), ['a', 'b', 'a', 'b', 'a']);
  t.deepEqual(
    frames.map(({ id }) => id),
    [1, 2, 3, 4, 5],
  );
});

test('one picture is a clip of one', async (t) => {
  const frames = await all(replayCamera({ folder: join(clipFolder, 'frame-0001.jpg'), fps: 10, loop: false }));
  t.is(frames.length, 1);
});

test('a folder without a JPEG is a missing camera', async (t) => {
  const folder = await temporaryFolder(t);
  const error = await t.throwsAsync(all(replayCamera({ folder, fps: 10, loop: false })));
  t.true(isLimenError(error, 'camera.missing'));
  t.regex((error as Error).message, /holds no JPEG/);
});

test('a folder that is removed while it plays is a missing camera', async (t) => {
  const folder = await temporaryFolder(t);
  await copyPictures(folder, 5);
  const seen: number[] = [];
  const error = await t.throwsAsync(async () => {
    for await (const frame of replayCamera({ folder, fps: 50, loop: true }).frames(new AbortController().signal)) {
      seen.push(frame.id);
      await rm(folder, { recursive: true, force: true });
    }
  });
  t.deepEqual(seen, [1]);
  t.true(isLimenError(error, 'camera.missing'));
});

test('a truncated and an empty JPEG are delivered as they are, for the decoder to report', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, '1.jpg'), Uint8Array.of(0xff, 0xd8, 0xff));
  await writeFile(join(folder, '2.jpg'), '');
  const frames = await all(replayCamera({ folder, fps: 100, loop: false, paced: 'as-consumed' }));
  t.deepEqual(
    frames.map(({ data }) => [...data]),
    [[0xff, 0xd8, 0xff], []],
  );
});

async function all(camera: { frames(signal: AbortSignal): AsyncIterable<Frame> }): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of camera.frames(new AbortController().signal)) frames.push(frame);
  return frames;
}

function textOf(frame: Frame): string {
  return Buffer.from(frame.data).toString();
}
