import test from 'ava';
import { replayCamera } from '../../src/camera/replay.ts';
import { shownCamera } from '../../src/camera/shown.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { cameraContract } from '../contract/camera.ts';
import { peopleFolder } from '../support/people.ts';

const clip = `${peopleFolder}/clips/walkup-p01-blink`;

cameraContract({
  driver: 'a camera that is shown',
  make: (_t, fps) => shownCamera(replayCamera({ folder: clip, fps, loop: true }), () => {}),
  makeMissing: () => shownCamera(replayCamera({ folder: '/nonexistent/pictures', fps: 10, loop: true }), () => {}),
});

test('a camera that is shown gets ready as the one behind it does', async (t) => {
  const asked: AbortSignal[] = [];
  const prepare = async (signal: AbortSignal) => void asked.push(signal);
  const { signal } = new AbortController();
  await shownCamera({ name: 'source', prepare, async *frames() {} }, () => {}).prepare!(signal);
  t.deepEqual(asked, [signal]);
});

test('every frame is shown, also those that the consumer is too slow for, and those go back to where they came from', async (t) => {
  const frames: Frame[] = [1, 2, 3, 4].map((id) => ({
    ...{ id, capturedAtMs: id, format: 'rgb24', widthPx: 1, heightPx: 1, data: new Uint8Array(3) },
    giveBack: () => back.push(id),
  }));
  const shown: number[] = [];
  const back: number[] = [];
  const source = {
    name: 'source',
    async *frames() {
      yield* frames;
    },
  };
  const seen: number[] = [];
  for await (const { id } of shownCamera(source, (frame) => shown.push(frame.id)).frames(
    new AbortController().signal,
  )) {
    seen.push(id);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.deepEqual(shown, [1, 2, 3, 4]);
  t.is(seen.at(-1), 4);
  t.deepEqual([...seen, ...back].sort(), [1, 2, 3, 4]);
});
