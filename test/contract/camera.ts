import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { Camera } from '../../src/camera/camera.ts';
import { isLimenError } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { needs, type Part } from '../support/require.ts';

/** A driver, and how to make one that works and one that cannot. */
export interface CameraUnderTest {
  readonly driver: string;
  /** The system package without which this driver cannot be tried. */
  readonly part?: Part;
  /** An endless camera of about `fps` frames per second. */
  make(t: ExecutionContext, fps: number): Promise<Camera> | Camera;
  /** A camera whose source is not there. */
  makeMissing(t: ExecutionContext): Promise<Camera> | Camera;
}

const fps = 10;
const periodMs = 1000 / fps;

/** What every camera driver promises. Call once per driver in a test file. */
export function cameraContract({ driver, part, make, makeMissing }: CameraUnderTest): void {
  const promise = (title: string, check: (t: ExecutionContext) => Promise<void>) =>
    test.serial(`${driver}: ${title}`, async (t) => {
      if (part === undefined || needs(t, part)) await check(t);
    });

  promise('frames have rising ids, times that never go back, and bytes that may be transferred', async (t) => {
    const frames = await take(await make(t, fps), 4);
    t.is(frames.length, 4);
    for (const frame of frames) {
      t.is(frame.data.byteLength, frame.data.buffer.byteLength);
      if (frame.format === 'jpeg') t.deepEqual([...frame.data.subarray(0, 2)], [0xff, 0xd8]);
      else t.is(frame.data.length, frame.widthPx * frame.heightPx * (frame.format === 'rgb24' ? 3 : 1.5));
    }
    for (const [before, after] of pairs(frames)) {
      t.true(after.id > before.id);
      t.true(after.capturedAtMs >= before.capturedAtMs);
      t.not(after.data.buffer, before.data.buffer);
    }
  });

  promise('an abort while a frame is awaited ends the iteration without an error', async (t) => {
    const controller = new AbortController();
    const iterator = (await make(t, fps)).frames(controller.signal)[Symbol.asyncIterator]();
    t.false((await iterator.next()).done);
    const pending = iterator.next();
    controller.abort();
    // A frame may have been under way already; after it there is no other.
    if (!(await pending).done) t.true((await iterator.next()).done);
    t.true((await iterator.next()).done);
  });

  promise('a signal that is aborted already delivers nothing', async (t) => {
    const frames: Frame[] = [];
    for await (const frame of (await make(t, fps)).frames(AbortSignal.abort())) frames.push(frame);
    t.deepEqual(frames, []);
  });

  promise('one run after another works, also when the consumer just walks away', async (t) => {
    const camera = await make(t, fps);
    for (let run = 0; run < 2; run++) {
      for await (const frame of camera.frames(new AbortController().signal)) {
        t.true(frame.id >= 1);
        break;
      }
    }
    t.is((await take(camera, 2)).length, 2);
  });

  promise('a slow consumer misses frames and gets no old ones', async (t) => {
    const times: number[] = [];
    for await (const frame of (await make(t, fps)).frames(new AbortController().signal)) {
      times.push(frame.capturedAtMs);
      if (times.length === 2) break;
      await delay(10 * periodMs);
    }
    const [first, second] = times as [number, number];
    t.true(second - first > 3 * periodMs, `after 10 periods came a frame only ${second - first} ms younger`);
  });

  promise('a missing source is an error that names the mend', async (t) => {
    const error = await t.throwsAsync(take(await makeMissing(t), 1));
    t.true(isLimenError(error, 'camera.missing'), String(error));
    if (isLimenError(error)) t.truthy(error.hint);
  });
}

/** The first `count` frames of a camera, which is then released. */
export async function take(camera: Camera, count: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  const controller = new AbortController();
  for await (const frame of camera.frames(controller.signal)) {
    frames.push(frame);
    if (frames.length === count) controller.abort();
  }
  return frames;
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).map((item, index) => [items[index] as T, item]);
}
