import type { Timers } from '../domain/timers.ts';
import { backOff } from '../sync/back-off.ts';
import type { Link } from '../sync/link.ts';

/** A retained message of this hub, and what to hold it against. */
export interface Watched {
  readonly link: Link;
  readonly timers: Timers;
  readonly topic: string;
  /** Its version, as the broker gave it out. @throws what it is refused by: then it is for others to judge. */
  readonly read: (payload: Uint8Array) => Promise<number>;
  /** The version that the broker was given last. */
  readonly own: () => Promise<number> | number;
  /** Give it to the broker again. */
  readonly again: () => Promise<unknown>;
}

/** Others may still be on their way to the broker: nothing is held against what is not the last for a moment. */
const waits = { firstMs: 500, mostMs: 60_000 };

/**
 * A message of a process that is no more may reach the broker after a newer one, and takes its place there: who comes later
 * would be told the older. What the broker gives out is what it keeps, so it is held against what it should be.
 *
 * @returns what ends the watch.
 */
export async function watchKept({ link, timers, topic, read, own, again }: Watched): Promise<() => void> {
  const waiting = backOff({ ...waits, random: timers.random });
  let kept: Uint8Array | null = null;
  let callOff: (() => void) | undefined;
  const look = async () => {
    callOff = undefined;
    const [theirs, ours] = [kept === null ? null : await read(kept), await own()];
    if (theirs !== null && theirs < ours) await again();
    else waiting.reset();
  };
  await link.subscribe(topic, ({ payload }) => {
    if (payload.byteLength === 0) return;
    kept = payload;
    // What cannot be read is another's, and what cannot be mended now is looked at when it is given out again.
    callOff ??= timers.after(waiting.nextMs(), () => void look().catch(() => {}));
  });
  return () => callOff?.();
}
