import { MotionGate } from './motion.ts';
import type { Picture } from './pixels.ts';

/** How much a terminal looks when nobody is there. */
export interface AttentionOptions {
  /** How many pictures per second are searched for a face while nothing moves. */
  readonly idleFps: number;
}

/**
 * Every picture is searched for this long after something moved or a face was seen. Longer than a face may be unseen
 * before its track ends (`Tracker`), so that no picture is left out while somebody is being followed.
 */
export const alertMs = 2000;

/**
 * Decides which pictures are searched for faces: every one while something moves or a face is there, and
 * {@link AttentionOptions.idleFps} per second otherwise, so that somebody who stands perfectly still, or who came too
 * slowly to be noticed, waits 1 / idleFps at the most. Time is that of the frames: a replayed clip decides the same way.
 */
export class Attention {
  readonly #idlePeriodMs: number;
  readonly #motion = new MotionGate();
  #alertUntilMs = Number.NEGATIVE_INFINITY;
  #searchedMs = Number.NEGATIVE_INFINITY;

  constructor({ idleFps }: AttentionOptions) {
    this.#idlePeriodMs = 1000 / idleFps;
  }

  /**
   * How much this picture deserves. `glance`: it is one of many, while something moves or somebody is there. `whole`: the
   * pictures before it were left out, so it has to be searched for faces of every size. To be asked for every picture, in
   * the order of capture.
   */
  deserves(picture: Picture, capturedAtMs: number): 'nothing' | 'glance' | 'whole' {
    if (this.#motion.moved(picture, capturedAtMs)) this.#alertUntilMs = capturedAtMs + alertMs;
    const sinceMs = capturedAtMs - this.#searchedMs;
    // A frame may come a little early: cameras jitter, and waiting for the next would lower the rate by a whole period.
    const soonAgain = sinceMs >= 0 && sinceMs < 0.9 * this.#idlePeriodMs;
    const alert = capturedAtMs <= this.#alertUntilMs;
    if (!alert && soonAgain) return 'nothing';
    this.#searchedMs = capturedAtMs;
    return alert ? 'glance' : 'whole';
  }

  /** A search found a face. */
  sawFace(capturedAtMs: number): void {
    this.#alertUntilMs = capturedAtMs + alertMs;
  }
}
