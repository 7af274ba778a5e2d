import type { Frame } from '../domain/frame.ts';

/** Where pictures come from. Drivers: `replay`, `node-webcam`, `v4l2`. */
export interface Camera {
  /** The driver and what it reads, for people: `v4l2 /dev/video0`. */
  readonly name: string;
  /**
   * What must be found out before the camera can be opened, and may take long on a slow machine without saying anything
   * about the camera. Whoever does not wait for ever for a frame awaits this first; {@link frames} does what is left of it.
   * Resolves early when `signal` aborts.
   *
   * @throws LimenError `camera.tool-missing`
   */
  prepare?(signal: AbortSignal): Promise<void>;
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
