import { createHook } from 'node:async_hooks';

interface Due {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/**
 * Time that passes only when nobody has anything left to do. Everything that waits in the simulation waits here, so that
 * a day takes milliseconds, and the same seed gives the same day.
 */
export class VirtualTime {
  nowMs = Date.parse('2026-03-01T06:00:00.000Z');
  #due: Due[] = [];
  #order = 0;

  readonly after = (ms: number, run: () => void): (() => void) => {
    const due: Due = { atMs: this.nowMs + Math.max(0, ms), order: this.#order++, run };
    insert(this.#due, due);
    return () => {
      due.run = null;
    };
  };

  /** Let time pass until `untilMs`, or until `done` says so; true when it did. */
  async run(untilMs: number, done: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      await settled();
      if (done()) return true;
      const next = this.#due[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#due.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run?.();
    }
    this.nowMs = untilMs;
    return false;
  }
}

/** Sorted by time, then by who asked first. */
function insert(list: Due[], due: Due): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.atMs <= due.atMs) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, due);
}

/**
 * What the thread pool still works at. Nothing in the simulation waits for the machine but the encryption of results:
 * with one thread (`UV_THREADPOOL_SIZE=1`) these end in the order in which they began.
 */
const working = new Set<number>();
createHook({
  init: (id, type) => {
    if (type === 'CIPHERREQUEST' || type === 'SIGNREQUEST' || type.startsWith('FSREQ')) working.add(id);
  },
  after: (id) => working.delete(id),
}).enable();

/** Resolves once every promise that could go on by itself has done so. */
export async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (working.size > 0);
}
