import type { Frame } from '../domain/frame.ts';

/** A picture as a browser takes it. */
export interface ShownPicture {
  /** Of the frame; rises. */
  readonly id: number;
  readonly jpeg: Uint8Array;
}

/** Turns a raw or an overlarge frame into a small JPEG, away from the main thread. `null`: it could not, or is busy. */
export interface PictureEncoder {
  /** @param frame its bytes are the encoder's from now on */
  encode(frame: Frame): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** More than eyes need of a mirror, and less than a Pi notices. */
const mostFps = 15;
/** A JPEG that is larger than this is made small before it is shown. */
const mostBytes = 300 * 1024;
/** So many get one picture, whoever has waited longest: more viewers see fewer pictures each, and cost no more. */
const mostAtOnce = 2;
/** More viewers than anybody has screens are refused. */
const mostWaiting = 64;

interface Waiting {
  readonly after: number;
  readonly resolve: (picture: ShownPicture | null) => void;
}

/**
 * Hands the newest picture to whoever has asked for one. Viewers pull: each gets a picture when it has dealt with the one
 * before, so a slow one misses pictures and nothing ever queues up for it; many take turns. While nobody asks, a frame costs one
 * comparison.
 */
export class PictureFeed {
  readonly #encoder: PictureEncoder;
  readonly #nowMs: () => number;
  readonly #waiting = new Set<Waiting>();
  #shownMs = Number.NEGATIVE_INFINITY;
  #isEncoding = false;

  constructor({ encoder, nowMs }: { encoder: PictureEncoder; nowMs: () => number }) {
    this.#encoder = encoder;
    this.#nowMs = nowMs;
  }

  /** A frame of the camera. What is shown of it is copied before this returns: the frame itself goes on to be looked at. */
  readonly offer = (frame: Frame): void => {
    if (this.#waiting.size === 0 || this.#isEncoding) return;
    const nowMs = this.#nowMs();
    // A camera of 15 pictures per second jitters: a quarter of a period early is not early.
    if (nowMs - this.#shownMs < (0.75 * 1000) / mostFps) return;
    this.#shownMs = nowMs;
    const { id } = frame;
    if (frame.format === 'jpeg' && frame.data.byteLength <= mostBytes) {
      this.#show({ id, jpeg: frame.data.slice() });
      return;
    }
    this.#isEncoding = true;
    const { giveBack: _, ...own } = frame;
    void this.#encoder
      .encode({ ...own, data: frame.data.slice() })
      .then((jpeg) => jpeg && this.#show({ id, jpeg }))
      .finally(() => {
        this.#isEncoding = false;
      });
  };

  /** The next picture newer than `after`; `null` when none comes before `signal` aborts, or too many wait already. */
  next(after: number, signal: AbortSignal): Promise<ShownPicture | null> {
    if (this.#waiting.size >= mostWaiting || signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const stop = () => settle(null);
      const settle = (picture: ShownPicture | null) => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', stop);
        resolve(picture);
      };
      const waiting = { after, resolve: settle };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Nobody waits any more. */
  async close(): Promise<void> {
    for (const { resolve } of this.#waiting) resolve(null);
    await this.#encoder.close();
  }

  #show(picture: ShownPicture): void {
    // A camera that was started again counts from the beginning.
    const due = [...this.#waiting].filter(({ after }) => picture.id !== after).slice(0, mostAtOnce);
    for (const { resolve } of due) resolve(picture);
  }
}
