import type { Frame } from '../domain/frame.ts';
import type { Seen } from '../domain/sighting.ts';

/**
 * How closely the faces of a frame are looked at: all of them `full`, only the largest one (`foremost`), or none
 * (`glimpse`). Where the embedder has no lighter look than a full one, all of them are.
 */
export type Look = 'full' | 'foremost' | 'glimpse';

/** Turns frames into sightings. One implementation runs in place, one in a worker thread; both keep this promise. */
export interface Vision {
  /** Id of the embedder whose templates come out. */
  readonly model: string;
  /**
   * Find, judge and embed the faces in one frame. Faces that fail a quality gate are reported without a template.
   * Default is a full look at every face.
   * The frame's bytes may be transferred to another thread: the caller must not use them afterwards. When nobody reads
   * them any more, they go back through `frame.giveBack`.
   *
   * @throws LimenError `image.unreadable` or `image.too-large` for a frame that is no usable picture,
   *   `vision.failed` when the worker died (the next call starts a new one).
   */
  see(frame: Frame, look?: Look): Promise<Seen>;
  close(): Promise<void>;
}
