import { readSync } from 'node:fs';
import { type LimenError, systemCodeOf } from '../domain/errors.ts';
import { type Change, EdgeTrack } from './edge-track.ts';
import type { Level } from './gpio.ts';
import type { Libc } from './libc.ts';
import { lineError } from './line-error.ts';
import { readEvents, sizes } from './uapi.ts';

/**
 * How often the kernel is asked for edges. It queues them with their time, so this is only how late one is told;
 * asking costs one system call for all inputs together, and no thread waits.
 */
const everyMs = 20;
/** Rounds without an event after which a level is compared: soon after a burst, and then once a second. */
const compareAfter = { burst: 2, always: 50 };
const eventsPerRead = 64;

/** One input to look after. */
export interface WatchedInput {
  readonly name: string;
  /** A line's descriptor that does not wait. */
  readonly fd: number;
  /** @throws LimenError */
  readonly read: () => Level;
  readonly onChange: (change: Change) => void;
  /** Told once; the input is forgotten. */
  readonly onError: (error: LimenError) => void;
}

interface Watched {
  readonly input: WatchedInput;
  readonly track: EdgeTrack;
  quietRounds: number;
}

/** Collects the edges of all inputs of one process. */
export class EdgePoller {
  readonly #libc: Pick<Libc, 'ready'>;
  readonly #watched = new Set<Watched>();
  readonly #buffer = Buffer.alloc(sizes.lineEvent * eventsPerRead);
  #timer: NodeJS.Timeout | undefined;

  constructor(libc: Pick<Libc, 'ready'>) {
    this.#libc = libc;
  }

  /** Tell the changes of an input from now on. Returns how to stop. @throws LimenError when it cannot be read. */
  watch(input: WatchedInput): () => void {
    const watched = { input, track: new EdgeTrack(input.read()), quietRounds: 0 };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#round(), everyMs);
    return () => this.#forget(watched);
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #round(): void {
    const all = [...this.#watched];
    let ready: boolean[];
    try {
      ready = this.#libc.ready(all.map(({ input }) => input.fd));
    } catch (error) {
      for (const watched of all) this.#fail(watched, error);
      return;
    }
    for (const [index, watched] of all.entries()) {
      // A listener may have closed another input.
      if (this.#watched.has(watched)) this.#tell(watched, ready[index] === true);
    }
  }

  #tell(watched: Watched, isReady: boolean): void {
    const { input } = watched;
    let changes: Change[];
    try {
      changes = isReady ? this.#drain(watched) : compare(watched);
    } catch (error) {
      this.#fail(watched, error);
      return;
    }
    for (const change of changes) if (this.#watched.has(watched)) input.onChange(change);
  }

  #fail(watched: Watched, error: unknown): void {
    if (!this.#watched.has(watched)) return;
    this.#forget(watched);
    watched.input.onError(lineError(watched.input.name, error));
  }

  #drain(watched: Watched): Change[] {
    const { input, track } = watched;
    watched.quietRounds = 0;
    const changes: Change[] = [];
    for (;;) {
      const events = this.#read(input.fd);
      changes.push(...events.flatMap((event) => track.event(event)));
      if (events.length < eventsPerRead) return changes;
    }
  }

  #read(fd: number) {
    try {
      return readEvents(this.#buffer.subarray(0, readSync(fd, this.#buffer)));
    } catch (error) {
      if (systemCodeOf(error) === 'EAGAIN') return [];
      throw error;
    }
  }
}

/** Between a change and its event lie microseconds; a level that still differs a round later has lost its event. */
function compare(watched: Watched): Change[] {
  watched.quietRounds += 1;
  const { input, track, quietRounds } = watched;
  if (quietRounds !== compareAfter.burst && quietRounds % compareAfter.always !== 0) return [];
  return track.reading({ level: input.read(), atMs: Number(process.hrtime.bigint()) / 1e6 });
}
