import test from 'ava';
import { Tracker } from '../../src/access/tracker.ts';
import type { Camera } from '../../src/camera/camera.ts';
import { FramePool } from '../../src/camera/frame-pool.ts';
import { Latest } from '../../src/camera/latest.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { runJourney } from '../../src/pipeline.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import type { Vision } from '../../src/vision/vision.ts';
import { openWorkerVision } from '../../src/vision/worker-vision.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf } from '../support/people.ts';
import { rawOf, toYuv420 } from '../support/pictures.ts';

const [widthPx, heightPx] = [640, 480];

/** A camera that is faster than any vision: a picture per millisecond, over memory that is used again. */
async function fastCamera(frames: number) {
  const { data: picture } = toYuv420(await rawOf(bytesOf('people/p01/enrol-1.jpg')));
  const pool = new FramePool(picture.length);
  const memories = new Set<ArrayBufferLike>();
  const latest = new Latest<Frame>();
  let put = 0;
  const timer = setInterval(() => {
    if (put === frames) {
      clearInterval(timer);
      return latest.end();
    }
    put += 1;
    const data = pool.take();
    memories.add(data.buffer);
    data.set(picture);
    const capturedAtMs = performance.now();
    const dropped = latest.put({
      id: put,
      capturedAtMs,
      format: 'yuv420p',
      widthPx,
      heightPx,
      data,
      giveBack: pool.giveBack,
    });
    if (dropped) pool.giveBack(dropped.data);
  }, 1);
  const camera: Camera = { name: 'fast', frames: (signal) => latest.items(signal) };
  return { camera, putSoFar: () => put, memories };
}

test('a worker that is slower than the camera holds one frame, and the next it gets is the newest', async (t) => {
  const engineModule = siblingModule(import.meta.url, '../../src/engine/onnxruntime-node').href;
  const vision = await openWorkerVision({ packs: ['faceapi'], engineModule, quality: openGates });
  t.teardown(() => vision.close());
  const { camera, putSoFar, memories } = await fastCamera(400);
  const held: number[] = [];
  const behind: number[] = [];
  const ids: number[] = [];
  let inFlight = 0;
  const watched: Vision = {
    ...vision,
    model: vision.model,
    async see(frame) {
      inFlight += 1;
      held.push(inFlight);
      behind.push(putSoFar() - frame.id);
      ids.push(frame.id);
      try {
        return await vision.see(frame);
      } finally {
        inFlight -= 1;
      }
    },
  };
  const gallery = Gallery.empty(vision.model);
  const policy = {
    threshold: 0,
    minMargin: 0,
    agreeing: 2,
    window: 3,
    decideWithinMs: 60_000,
    liveness: 'off',
  } as const;
  await runJourney(
    camera,
    {
      vision: watched,
      clock: systemClock,
      tracker: new Tracker({ window: 3, changeDistance: 0.5 }),
      gallery: () => ({ gallery, policy }),
      report: () => {},
      act: ({ kind }) => t.is(kind, 'deny'),
    },
    new AbortController().signal,
  );

  t.deepEqual([...new Set(held)], [1]);
  t.deepEqual([...new Set(behind)], [0]);
  t.true(ids.length > 2 && ids.length < 200, `${ids.length} of 400 were seen`);
  t.true(ids.slice(1).every((id, i) => id > ids[i]!));
  // Transferring makes a new ArrayBuffer over the same memory, so every frame seen counts once, and no other does.
  t.true(memories.size <= ids.length + 4, `${memories.size} buffers for ${ids.length} frames seen`);
});
