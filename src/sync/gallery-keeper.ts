import { isLimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { Timers } from '../domain/timers.ts';
import type { GallerySnapshot, GalleryStore } from '../gallery/gallery-store.ts';
import { pause, systemTimers } from '../runtime/timers.ts';
import { backOff } from './back-off.ts';
import { differenceBetween, forgottenBetween, withoutForgotten } from './gallery-between.ts';

/** Hands out a gallery only after it is on the disk. */
export interface GalleryKeeper {
  /** What is in use; `null` before the first sync. */
  readonly current: GallerySnapshot | null;
  /** Write it, then use it. A newer one that comes meanwhile replaces one that is still waiting. */
  keep(snapshot: GallerySnapshot): void;
  /** Resolves when the write that is running has ended; nothing is written afterwards. */
  close(): Promise<void>;
}

/** What a {@link GalleryKeeper} works with. */
export interface GalleryKeeperOptions {
  readonly store: GalleryStore;
  readonly initial: GallerySnapshot | null;
  readonly onGallery: (snapshot: GallerySnapshot) => void;
  /** Throws for a gallery that this terminal could not use; such a one is neither written nor used. */
  readonly check?: ((snapshot: GallerySnapshot) => void) | undefined;
  /** Called for everybody who, or whose face, is to be erased, before that is written: what else is known of them goes now. Throws when it cannot. */
  readonly onErasing?: ((person: Person) => void) | undefined;
  readonly report: Report;
  /** Where the snapshots come from, for the journal. */
  readonly topic: string;
  readonly retry: { readonly firstMs: number; readonly mostMs: number };
  readonly timers?: Timers | undefined;
}

/**
 * A write that fails (full disk) is journalled, the old gallery stays, and it is tried again for ever. Only erasure does
 * not wait for the disk: whoever was erased is taken out of the gallery in use at once, and so is a face. `gallery.erased`
 * and `gallery.face-erased` are the receipts: by then no file of this terminal's gallery has them any more.
 */
export function galleryKeeper(options: GalleryKeeperOptions): GalleryKeeper {
  const { store, onGallery, report, timers = systemTimers } = options;
  const stop = new AbortController();
  const waits = backOff({ ...options.retry, random: timers.random });
  let current = options.initial;
  let onDisk = options.initial;
  let waiting: GallerySnapshot | null = null;
  let failure: string | null = null;
  let running: Promise<void> | null = null;

  const use = (snapshot: GallerySnapshot) => {
    const before = current;
    onGallery(snapshot);
    current = snapshot;
    report({ kind: 'gallery.updated', body: differenceBetween(before, snapshot) });
  };

  const fail = (error: unknown, snapshot: GallerySnapshot) => {
    const code = isLimenError(error) ? error.code : 'internal';
    if (failure !== code)
      report({ kind: 'gallery.refused', body: { code, reason: messageOf(error), topic: options.topic } });
    failure = code;
    const reduced = withoutForgotten(current, snapshot);
    if (reduced !== null) use(reduced);
  };

  const run = async () => {
    while (waiting !== null && !stop.signal.aborted) {
      const snapshot: GallerySnapshot = waiting;
      try {
        options.check?.(snapshot);
        const { people, receipts } = forgottenBetween(onDisk, snapshot);
        for (const person of people) options.onErasing?.(person);
        await store.write(snapshot, { forgetting: people.length > 0 });
        onDisk = snapshot;
        if (waiting === snapshot) waiting = null;
        failure = null;
        waits.reset();
        use(snapshot);
        for (const receipt of receipts) report(receipt);
      } catch (error) {
        fail(error, snapshot);
        await pause(timers, waits.nextMs(), stop.signal).catch(() => {});
      }
    }
    running = null;
  };

  return {
    get current() {
      return current;
    },
    keep: (snapshot) => {
      waiting = snapshot;
      running ??= run();
    },
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
