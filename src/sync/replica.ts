import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { Timers } from '../domain/timers.ts';
import type { GallerySnapshot, GalleryStore } from '../gallery/gallery-store.ts';
import { systemTimers } from '../runtime/timers.ts';
import { backOff } from './back-off.ts';
import type { Opener } from './envelope.ts';
import { galleryFetcher } from './gallery-fetch.ts';
import type { GalleryFreshness } from './gallery-freshness.ts';
import { galleryKeeper } from './gallery-keeper.ts';
import { assertSize } from './jose-text.ts';
import type { Delivery, Link } from './link.ts';
import { mostWanted, recordFromWire, type Want, wireFormat } from './messages.ts';
import { refusals, safely } from './refusals.ts';
import { isConfirmed, missing, type ReplicaMessage, type ReplicaState, replicaState, step } from './replica-state.ts';
import type { TerminalSealer } from './terminal-envelope.ts';
import { topicsOf } from './topics.ts';

/** What a {@link GalleryReplica} works with. */
export interface GalleryReplicaOptions {
  readonly site: string;
  readonly terminal: string;
  readonly link: Link;
  readonly opener: Opener;
  /** Signs what is asked for. */
  readonly sealer: TerminalSealer;
  readonly store: GalleryStore;
  readonly clock: Clock;
  /** What time it is as far as heads are concerned, and who is told that the hub has confirmed the gallery. */
  readonly freshness: Pick<GalleryFreshness, 'now' | 'confirmed'>;
  /** Journal. When it throws, the replica goes on. */
  readonly report: Report;
  /** Called with the stored gallery at the start and with every new one, always after it is on the disk. */
  readonly onGallery: (snapshot: GallerySnapshot) => void;
  /** Throws for a gallery that this terminal could not use: it is refused before it reaches the disk. */
  readonly check?: (snapshot: GallerySnapshot) => void;
  /** Called for everybody who, or whose face, is to be erased, before that is written. Throws when something of them cannot be forgotten. */
  readonly onErasing?: (person: Person) => void;
  /** How long nothing may arrive before the hub is asked for what is missing. */
  readonly quietMs?: number;
  readonly retry?: { readonly firstMs: number; readonly mostMs: number };
  readonly timers?: Timers;
}

/** A terminal's copy of the hub's gallery. */
export interface GalleryReplica {
  /** What is in use; `null` before the first sync. */
  readonly snapshot: GallerySnapshot | null;
  /** Version of the newest head that the hub has signed; `null` while none has come. */
  readonly headVersion: number | null;
  close(): Promise<void>;
}

/** Messages are opened several at a time, and no more bytes than this wait for it; what is dropped is asked for later. */
const openAtOnce = 8;
const maxWaitingBytes = 64 * 1024 * 1024;
/** A list of a thousand people with the longest ids; nobody has signed it, and 256 of them may be kept. */
const maxListBytes = 128 * 1024;

/**
 * Read the gallery from the disk, hand it out, and keep it equal to the hub's. Whatever is refused leaves the old
 * gallery in force and is reported as `gallery.refused`.
 *
 * @throws LimenError from {@link GalleryStore.read}: the daemon must stop then.
 */
export async function openGalleryReplica(options: GalleryReplicaOptions): Promise<GalleryReplica> {
  const { link, opener, clock, freshness, retry = { firstMs: 1000, mostMs: 300_000 } } = options;
  const topics = topicsOf(options.site);
  const report = safely(options.report, () => {});
  const refuse = refusals({ report, clock });
  const stored = await options.store.read();
  const initial = stored?.snapshot ?? null;
  if (stored?.recoveredFrom) {
    report({ kind: 'gallery.recovered', body: { ...stored.recoveredFrom, version: stored.snapshot.version } });
  }
  // A disk that refuses this now is told of with the next write, and asked again with the next start.
  if (stored?.leftovers) await options.store.write(stored.snapshot, { forgetting: true }).catch(() => {});
  if (initial !== null) options.onGallery(initial);

  const confirm = () => {
    const { head, held } = state;
    if (head !== null && isConfirmed(state) && keeper.current?.version === held.version) freshness.confirmed(head);
  };
  const onGallery = (snapshot: GallerySnapshot) => {
    options.onGallery(snapshot);
    // Not before it is in use, which it is when this returns.
    queueMicrotask(confirm);
  };
  const keeper = galleryKeeper({ ...options, onGallery, initial, report, retry, topic: topics.head });
  const asking = askForMissing(options, report, () => state);
  const fetcher = galleryFetcher({
    ...{ link, topics, timers: options.timers },
    stateNow: () => state,
    onDelivery: (delivery) => receive(delivery),
  });
  let state = replicaState(initial);
  let closed = false;

  const handle = async (delivery: Delivery) => {
    const message = await open(delivery);
    if (message === null || closed) return;
    const before = state;
    const { state: next, effects } = step(state, message);
    state = next;
    for (const effect of effects) {
      if (effect.kind === 'save') keeper.keep(effect.snapshot);
      else refuse(delivery, effect);
    }
    if (next === before) return;
    if (message.kind === 'head') confirm();
    asking.progressed();
    fetcher.progressed();
  };

  const open = async ({ topic, payload }: Delivery): Promise<ReplicaMessage | null> => {
    const meaning = topics.parse(topic);
    // An empty payload is how MQTT clears a retained message: the broker's memory, not ours.
    if (payload.byteLength === 0) return null;
    if (meaning?.kind === 'head') return { kind: 'head', head: await opener.head(payload), now: freshness.now() };
    if (meaning?.kind === 'list') {
      assertSize(payload, maxListBytes);
      return { kind: 'list', bucket: meaning.bucket, list: Buffer.from(payload).toString('latin1') };
    }
    if (meaning?.kind !== 'person' && meaning?.kind !== 'change') {
      throw new LimenError('message.invalid', 'The topic does not name a person.');
    }
    return { kind: 'record', record: recordFromWire(await opener.record(payload, meaning.personId)) };
  };

  const receive = inTurns(async (delivery) => {
    try {
      await handle(delivery);
    } catch (error) {
      refuse(delivery, { code: isLimenError(error) ? error.code : 'message.invalid', reason: messageOf(error) });
    }
  });

  await link.subscribe(topics.everyChange, receive);
  await link.subscribe(topics.head, receive);
  link.onState(({ online }) => {
    if (closed) return;
    if (!online) return fetcher.stop();
    asking.progressed();
    fetcher.progressed();
  });
  return {
    get snapshot() {
      return keeper.current;
    },
    get headVersion() {
      return state.head?.version ?? null;
    },
    close: async () => {
      closed = true;
      asking.stop();
      fetcher.stop();
      await keeper.close();
    },
  };
}

/** Ask the hub for what is missing once it has been quiet for a while; less and less often while nothing comes. */
function askForMissing(options: GalleryReplicaOptions, report: Report, stateNow: () => ReplicaState) {
  const { link, terminal, quietMs = 2000, timers = systemTimers } = options;
  const waits = backOff({ firstMs: quietMs * 2, mostMs: Math.max(300_000, quietMs), random: timers.random });
  let callOff = () => {};
  let reported = '';

  const ask = () => {
    const state = stateNow();
    const { buckets, people } = missing(state);
    if (state.head === null || buckets.length + people.length === 0) return;
    const { version } = state.head;
    const key = `${version} ${buckets.length} ${people.length}`;
    if (reported !== key) report({ kind: 'gallery.incomplete', body: incompleteBody(version, buckets, people) });
    reported = key;
    const want: Want = { format: wireFormat, terminal, version, buckets, people: people.slice(0, mostWanted) };
    const asking = options.sealer
      .want(want)
      .then((sealed) => link.publish(topicsOf(options.site).want(terminal), sealed));
    asking.catch(() => {});
    callOff = timers.after(waits.nextMs(), ask);
  };

  return {
    progressed: () => {
      callOff();
      waits.reset();
      callOff = timers.after(quietMs, ask);
    },
    stop: () => callOff(),
  };
}

/** Names help whoever looks for the cause, and a whole gallery of them helps nobody. */
function incompleteBody(version: number, buckets: readonly string[], people: readonly string[]) {
  return { version, missing: people.length, people: people.slice(0, 20), buckets: buckets.length };
}

/** Run `handle` for deliveries as they come, a few at a time, dropping what exceeds the memory set aside for waiting. */
function inTurns(handle: (delivery: Delivery) => Promise<void>): (delivery: Delivery) => void {
  const queue: Delivery[] = [];
  let waitingBytes = 0;
  let active = 0;
  const next = () => {
    while (active < openAtOnce && queue.length > 0) {
      const delivery = queue.shift() as Delivery;
      waitingBytes -= delivery.payload.byteLength;
      active++;
      handle(delivery).finally(() => {
        active--;
        next();
      });
    }
  };
  return (delivery) => {
    if (waitingBytes + delivery.payload.byteLength > maxWaitingBytes) return;
    waitingBytes += delivery.payload.byteLength;
    queue.push(delivery);
    next();
  };
}
