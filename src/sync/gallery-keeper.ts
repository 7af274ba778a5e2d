import { isLimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { Timers } from '../domain/timers.ts';
import type { GallerySnapshot, GalleryStore } from '../gallery/gallery-store.ts';
import { pause, systemTimers } from '../runtime/timers.ts';
import { backOff } from './back-off.ts';

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
  /** Called for everybody who is to be erased, before that is written: what else is known of them goes now. Throws when it cannot. */
  readonly onErasing?: ((person: Person) => void) | undefined;
  readonly report: Report;
  /** Where the snapshots come from, for the journal. */
  readonly topic: string;
  readonly retry: { readonly firstMs: number; readonly mostMs: number };
  readonly timers?: Timers | undefined;
}

/**
 * A write that fails (full disk) is journalled, the old gallery stays, and it is tried again for ever. Only erasure does
 * not wait for the disk: whoever was erased is taken out of the gallery in use at once. `gallery.erased` is the receipt:
 * by then no file of this terminal's gallery has them any more.
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
    report({ kind: 'gallery.updated', body: { ...difference(before, snapshot) } });
  };

  const fail = (error: unknown, snapshot: GallerySnapshot) => {
    const code = isLimenError(error) ? error.code : 'internal';
    if (failure !== code)
      report({ kind: 'gallery.refused', body: { code, reason: messageOf(error), topic: options.topic } });
    failure = code;
    const reduced = withoutErased(current, snapshot);
    if (reduced !== null) use(reduced);
  };

  const run = async () => {
    while (waiting !== null && !stop.signal.aborted) {
      const snapshot: GallerySnapshot = waiting;
      try {
        options.check?.(snapshot);
        const erased = erasedBetween(onDisk, snapshot);
        for (const person of erased) options.onErasing?.(person);
        await store.write(snapshot, { forgetting: erased.length > 0 });
        onDisk = snapshot;
        if (waiting === snapshot) waiting = null;
        failure = null;
        waits.reset();
        use(snapshot);
        for (const { id } of erased) {
          report({ kind: 'gallery.erased', body: { personId: id, version: snapshot.erased[id] as number } });
        }
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

function erasedBetween(before: GallerySnapshot | null, after: GallerySnapshot): Person[] {
  if (before === null) return [];
  const isNew = Object.entries(after.erased).some(([id, version]) => before.erased[id] !== version);
  return isNew ? before.people.filter(({ id, version }) => (after.erased[id] ?? 0) > version) : [];
}

/** `current` without those whom `next` erases; `null` when that changes nothing. */
function withoutErased(current: GallerySnapshot | null, next: GallerySnapshot): GallerySnapshot | null {
  if (current === null) return null;
  const erased = new Set(erasedBetween(current, next));
  if (erased.size === 0) return null;
  const people = current.people.filter((person) => !erased.has(person));
  return { ...current, people, erased: { ...current.erased, ...next.erased } };
}

function difference(before: GallerySnapshot | null, after: GallerySnapshot) {
  const [theirs, ours] = withoutCommonEnds(before?.people ?? [], after.people);
  const old = new Map(theirs.map(({ id, version }) => [id, version]));
  const added = ours.filter(({ id }) => !old.has(id)).length;
  const changed = ours.filter(({ id, version }) => old.has(id) && old.get(id) !== version).length;
  const removed = old.size - (ours.length - added);
  return { version: after.version, people: after.people.length, added, changed, removed };
}

/** One person of many changes, mostly: there is no need to look at those before and behind. */
function withoutCommonEnds(a: readonly Person[], b: readonly Person[]): [readonly Person[], readonly Person[]] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}
