import type { Frame } from '../domain/frame.ts';

/** Where pictures come from. Drivers: `replay`, `node-webcam`, `v4l2`. */
export interface Camera {
  /** The driver and what it reads, for people: `v4l2 /dev/video0`. */
  readonly name: string;
  /**
   * Open the camera and deliver frames until `signal` aborts, then release it and end.
   * Latest frame wins: a consumer that is slow misses frames, it never gets old ones.
   * Ends by itself only when the source has an end (a clip played once).
   *
   * Ids rise and may have gaps, where the consumer was too slow. `data` owns its whole ArrayBuffer, so that it may be
   * transferred; `yuv420p` is BT.601 in video range.
   *
   * @throws LimenError `camera.missing`, `camera.busy`, `camera.denied`, `camera.tool-missing`, `camera.stalled` or
   *   `camera.failed`.
   */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
}
