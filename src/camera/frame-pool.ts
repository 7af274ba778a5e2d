/** More than one being filled, one waiting, one being looked at and one on its way back are never out at once. */
const mostKept = 4;

/**
 * Memory for frames of one size. A raw frame of 640x480 is half a megabyte: made anew ten times a second, it would be
 * garbage faster than it is collected.
 */
export class FramePool {
  readonly #bytes: number;
  readonly #free: Uint8Array[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Memory with anything in it; new where none is free. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(this.#bytes);
  }

  /** Memory to be used again. What has another size (the camera was restarted with another one) is let go. */
  readonly giveBack = (data: Uint8Array): void => {
    if (data.byteLength === this.#bytes && this.#free.length < mostKept) this.#free.push(data);
  };
}
