import { Worker } from 'node:worker_threads';
import type { Frame } from '../domain/frame.ts';
import { siblingModule } from '../runtime/package-root.ts';
import type { PictureEncoder } from './picture-feed.ts';

/** A thread that is silent for longer has hung, and is given up; its start on a busy Pi takes seconds. */
const patienceMs = 10_000;

/**
 * Makes JPEGs in a thread of its own, which is started for the first one that is wanted: a terminal whose camera gives small
 * JPEGs, or whose screen nobody looks at, never has it. One frame at a time. A worker that dies is replaced by the next frame's.
 */
export function workerEncoder(): PictureEncoder {
  let worker: Worker | null = null;
  return {
    encode(frame) {
      worker ??= startWorker();
      const current = worker;
      return new Promise((resolve) => {
        const settle = (jpeg: Uint8Array | null) => {
          clearTimeout(timer);
          current.off('message', settle).off('exit', giveUp).off('error', giveUp);
          resolve(jpeg);
        };
        const giveUp = () => {
          if (worker === current) worker = null;
          void current.terminate();
          settle(null);
        };
        const timer = setTimeout(giveUp, patienceMs);
        current.once('message', settle).once('exit', giveUp).once('error', giveUp);
        current.postMessage(frame satisfies Frame, [frame.data.buffer as ArrayBuffer]);
      });
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}

function startWorker(): Worker {
  const worker = new Worker(siblingModule(import.meta.url, './encode-worker'), {
    name: 'picture',
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  // An error between two frames has nobody to be told to; the next frame finds the worker gone.
  worker.on('error', () => {});
  worker.unref();
  return worker;
}
