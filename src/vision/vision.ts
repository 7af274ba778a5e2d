import type { Frame } from '../domain/frame.ts';
import type { Seen } from '../domain/sighting.ts';

/** Turns frames into sightings. One implementation runs in place, one in a worker thread; both keep this promise. */
export interface Vision {
  /** Id of the embedder whose templates come out. */
  readonly model: string;
  /**
   * Find, judge and embed the faces in one frame. Faces that fail a quality gate are reported without a template.
   * The frame's bytes may be transferred to another thread: the caller must not use them afterwards. When nobody reads
   * them any more, they go back through `frame.giveBack`.
   *
   * @throws LimenError `image.unreadable` or `image.too-large` for a frame that is no usable picture,
   *   `vision.failed` when the worker died (the next call starts a new one).
   */
  see(frame: Frame): Promise<Seen>;
  close(): Promise<void>;
}
