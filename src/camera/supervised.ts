import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Frame } from '../domain/frame.ts';
import type { Camera } from './camera.ts';
import { type Backoff, CameraHealth } from './camera-health.ts';
import { pause } from './pause.ts';
import { WatchedRun } from './watched-run.ts';

/** How a camera is kept going. */
export interface SuperviseOptions {
  readonly report: Report;
  readonly clock: Clock;
  /** No frame for this long is a stall. Default 5 s. */
  readonly stallMs?: number;
  /** As `stallMs`, for the first frame after a start: opening a USB camera takes seconds. Default 10 s. */
  readonly firstFrameMs?: number;
  /** How long to wait between starts. Default half a second, doubling to 30 s. */
  readonly backoff?: Backoff;
  /** The source has an end (a clip played once), and then so has this camera. Default: an end is a failure. */
  readonly mayEnd?: boolean;
}

/**
 * The same camera, kept alive: a stall, an error or an unexpected end is reported and followed by a restart, again and
 * again with a growing pause, until `signal` aborts. A camera that is missing at the start is no different.
 *
 * Reports `camera.started` at the first frame of all; `camera.stalled` when an outage begins and when its reason
 * becomes a new one, not for every retry; `camera.recovered` when frames return. Frame ids keep counting up across
 * restarts. A slow consumer is not a stall, and neither is a slow start of the camera's tool: only the time spent waiting
 * for the camera counts.
 *
 * `frames` throws only what `report` throws.
 */
export function superviseCamera(camera: Camera, options: SuperviseOptions): Camera {
  return { name: camera.name, frames: (signal) => keepAlive(camera, options, signal) };
}

async function* keepAlive(
  camera: Camera,
  options: SuperviseOptions,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const { stallMs = 5000, firstFrameMs = Math.max(10_000, stallMs), mayEnd = false } = options;
  const health = new CameraHealth(camera.name, options);
  let lastId = 0;
  while (!signal.aborted) {
    const idsBefore = lastId;
    const run = new WatchedRun(camera, signal);
    let retryInMs = 0;
    try {
      const unready = await run.prepare();
      if (signal.aborted) return;
      if (unready !== null) retryInMs = health.failed(unready);
      for (let withinMs = firstFrameMs; retryInMs === 0 && !signal.aborted; withinMs = stallMs) {
        const step = await run.next(withinMs);
        if (signal.aborted) return;
        if (step.kind === 'frame') {
          health.delivered();
          lastId = idsBefore + step.frame.id;
          yield { ...step.frame, id: lastId };
        } else if (step.kind === 'ended' && mayEnd) {
          return;
        } else {
          retryInMs = health.failed(step.kind === 'failed' ? step.error : endedByItself(camera));
        }
      }
    } finally {
      await run.close();
    }
    await pause(retryInMs, signal);
  }
}

function endedByItself(camera: Camera): LimenError {
  return new LimenError('camera.failed', `The camera ${camera.name} stopped without an error.`);
}
