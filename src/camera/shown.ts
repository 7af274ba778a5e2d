import type { Frame } from '../domain/frame.ts';
import type { Camera } from './camera.ts';
import { Latest } from './latest.ts';

/**
 * A camera every frame of which is shown to `onFrame`, also those that its consumer is too slow for: a mirror is smooth
 * where recognition takes its time. `onFrame` may read the bytes until it returns, and must not throw. The consumer gets
 * the latest frame, as from the camera itself.
 */
export function shownCamera(camera: Camera, onFrame: (frame: Frame) => void): Camera {
  return {
    name: camera.name,
    prepare: async (signal) => camera.prepare?.(signal),
    async *frames(signal) {
      const leaving = new AbortController();
      const latest = new Latest<Frame>();
      const pumping = pump(camera.frames(AbortSignal.any([signal, leaving.signal])), latest, onFrame);
      try {
        yield* latest.items(signal);
      } finally {
        leaving.abort();
        await pumping;
      }
    },
  };
}

async function pump(frames: AsyncIterable<Frame>, latest: Latest<Frame>, onFrame: (frame: Frame) => void) {
  try {
    for await (const frame of frames) {
      onFrame(frame);
      const missed = latest.put(frame);
      missed?.giveBack?.(missed.data);
    }
    latest.end();
  } catch (error) {
    latest.fail(error);
  }
}
