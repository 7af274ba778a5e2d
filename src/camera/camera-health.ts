import type { Clock } from '../domain/clock.ts';
import type { LimenError } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';

/** Pauses between restarts: `firstMs`, then twice as long each time, never more than `capMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly capMs: number;
}

/** Frames for this long make a camera sound again; one frame between two failures does not reset the pauses. */
const soundAfterMs = 10_000;
/** A configured pause of zero must not become a busy loop. */
const leastPauseMs = 10;

/** What the journal is told about one camera, and how long to wait before it is tried again. */
export class CameraHealth {
  readonly #camera: string;
  readonly #report: Report;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #started = false;
  #lastFrameMs: number;
  #soundSinceMs: number | null = null;
  #failuresInRow = 0;
  /** What has been reported of the present outage; a camera that flips between two errors is reported twice only. */
  readonly #reportedCodes = new Set<string>();

  constructor(camera: string, options: { report: Report; clock: Clock; backoff?: Backoff }) {
    this.#camera = camera;
    this.#report = options.report;
    this.#clock = options.clock;
    this.#backoff = options.backoff ?? { firstMs: 500, capMs: 30_000 };
    this.#lastFrameMs = this.#clock.monotonicMs();
  }

  /** A frame came. */
  delivered(): void {
    const nowMs = this.#clock.monotonicMs();
    const silentMs = Math.round(nowMs - this.#lastFrameMs);
    this.#lastFrameMs = nowMs;
    this.#soundSinceMs ??= nowMs;
    if (nowMs - this.#soundSinceMs >= soundAfterMs) this.#failuresInRow = 0;
    if (!this.#started) {
      this.#started = true;
      this.#report({ kind: 'camera.started', body: { camera: this.#camera } });
    }
    if (this.#reportedCodes.size === 0) return;
    this.#reportedCodes.clear();
    this.#report({ kind: 'camera.recovered', body: { camera: this.#camera, silentMs } });
  }

  /** A run ended in `error`. Returns the milliseconds to wait before the next. */
  failed(error: LimenError): number {
    const { firstMs, capMs } = this.#backoff;
    const retryInMs = Math.max(leastPauseMs, Math.min(capMs, firstMs * 2 ** this.#failuresInRow));
    this.#failuresInRow += 1;
    this.#soundSinceMs = null;
    if (!this.#reportedCodes.has(error.code)) {
      this.#reportedCodes.add(error.code);
      const body = { camera: this.#camera, code: error.code, reason: error.message, retryInMs };
      this.#report({ kind: 'camera.stalled', body });
    }
    return retryInMs;
  }
}
