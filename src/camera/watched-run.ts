import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { Camera } from './camera.ts';

/** What came out of waiting for the next frame. */
export type Step =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: LimenError };

/** A driver that has not let go of its device by then (a process stuck in the kernel) is left to itself. */
const releaseWithinMs = 12_000;

/** One run of a camera, from opening to release, in which a silence is noticed and nothing is thrown. */
export class WatchedRun {
  readonly #camera: Camera;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onAbort = () => this.#controller.abort();
  #frames: AsyncIterator<Frame> | null = null;
  #pending: Promise<unknown> = Promise.resolve();

  /** Nothing is opened before the first {@link next}. */
  constructor(camera: Camera, signal: AbortSignal) {
    this.#camera = camera;
    this.#outer = signal;
    if (signal.aborted) this.#controller.abort();
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Let the camera get ready, for as long as that takes. Returns why it is not; `null` when it is. Never rejects. */
  async prepare(): Promise<LimenError | null> {
    try {
      await this.#camera.prepare?.(this.#controller.signal);
      return null;
    } catch (error) {
      return asCameraError(this.#camera, error);
    }
  }

  /** The next frame; `failed` with `camera.stalled` when there is none within `withinMs`. Never rejects. */
  async next(withinMs: number): Promise<Step> {
    const step = this.#advance();
    this.#pending = step;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<Step>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'failed', error: stalled(this.#camera, withinMs) }), withinMs);
    });
    try {
      return await Promise.race([step, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stop the camera and wait until it is released, for a bounded time. Never rejects. */
  async close(): Promise<void> {
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, releaseWithinMs);
    });
    await Promise.race([this.#release(), patience]);
    clearTimeout(timer);
  }

  async #advance(): Promise<Step> {
    try {
      this.#frames ??= this.#camera.frames(this.#controller.signal)[Symbol.asyncIterator]();
      const result = await this.#frames.next();
      return result.done ? { kind: 'ended' } : { kind: 'frame', frame: result.value };
    } catch (error) {
      return { kind: 'failed', error: asCameraError(this.#camera, error) };
    }
  }

  async #release(): Promise<void> {
    await this.#pending;
    // What goes wrong while letting go of a camera that failed, or that nobody wants any more, is no news.
    await this.#frames?.return?.().catch(() => {});
  }
}

function stalled(camera: Camera, afterMs: number): LimenError {
  return new LimenError('camera.stalled', `The camera ${camera.name} has sent no picture for ${afterMs / 1000} s.`, {
    hint: 'Check the cable and the power supply.',
  });
}

function asCameraError(camera: Camera, error: unknown): LimenError {
  if (isLimenError(error)) return error;
  return new LimenError('camera.failed', `The camera ${camera.name} failed: ${messageOf(error)}`, { cause: error });
}
