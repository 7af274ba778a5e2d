/** How the bytes of a frame are laid out. `yuv420p` is I420: the Y plane, then U, then V, each of half width and height. */
export type PixelFormat = 'jpeg' | 'rgb24' | 'yuv420p';

interface Captured {
  /** Counts up by one per frame that a camera delivered; never reused within a run. */
  readonly id: number;
  /** When the frame left the camera, in milliseconds of the monotonic clock. */
  readonly capturedAtMs: number;
  readonly data: Uint8Array;
  /** Takes `data` back, to be filled again, once nobody reads it any more. A frame that got lost need not come back. */
  readonly giveBack?: (data: Uint8Array) => void;
}

/** A picture still compressed; it is decoded in the vision worker, so the main thread never blocks on it. */
export interface JpegFrame extends Captured {
  readonly format: 'jpeg';
}

/** A picture as raw pixels: `rgb24` is `[heightPx, widthPx, 3]`, `yuv420p` is `heightPx * widthPx * 3 / 2` bytes. */
export interface RawFrame extends Captured {
  readonly format: 'rgb24' | 'yuv420p';
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One picture from the camera. */
export type Frame = JpegFrame | RawFrame;
