import type { Level } from './gpio.ts';
import type { LineEvent } from './uapi.ts';

/** A change that is told. */
export type Change = Pick<LineEvent, 'level' | 'atMs'>;

/**
 * Makes of the kernel's events a row of changes that alternate, whatever was lost on the way. The kernel drops the
 * oldest events when its queue is full, and queues two of the same direction when a line bounces faster than its
 * interrupt is served.
 */
export class EdgeTrack {
  #level: Level;
  #seq = 0;

  constructor(level: Level) {
    this.#level = level;
  }

  /** What there is to tell after one event of the kernel: nothing, the event, or what was lost and the event. */
  event({ level, atMs, seq }: LineEvent): Change[] {
    const lost = seq !== this.#seq + 1;
    this.#seq = seq;
    if (level !== this.#level) return [this.#change({ level, atMs })];
    // Without a gap it is an echo of what has been told: a bounce, or a level that was read before its event came.
    return lost ? [this.#change({ level: level === 1 ? 0 : 1, atMs }), this.#change({ level, atMs })] : [];
  }

  /** The level was read while no event was waiting: a difference is a change whose event never came. */
  reading(change: Change): Change[] {
    return change.level === this.#level ? [] : [this.#change(change)];
  }

  #change(change: Change): Change {
    this.#level = change.level;
    return change;
  }
}
