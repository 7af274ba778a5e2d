import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import type { DoorState } from '../domain/door-state.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';
import type { Journal } from '../journal/journal.ts';
import { bucketDigests, galleryDigest, stampsOf } from './digest.ts';
import type { Link } from './link.ts';
import { type Status, wireFormat } from './messages.ts';
import { topicsOf } from './topics.ts';

/** What the broker is to publish when this terminal falls silent: hand it to the link as its last will. */
export function lastWill(site: string, terminal: string): { readonly topic: string; readonly payload: string } {
  const offline: Status = { format: wireFormat, terminal, online: false };
  return { topic: topicsOf(site).status(terminal), payload: JSON.stringify(offline) };
}

/** What a {@link StatusPublisher} works with; the functions are asked at the moment of publishing. */
export interface StatusOptions {
  readonly site: string;
  readonly terminal: string;
  readonly link: Link;
  readonly clock: Clock;
  readonly software: string;
  readonly pack: string;
  readonly journal: Pick<Journal, 'lastSeq' | 'acknowledgedSeq'>;
  readonly gallery: () => GallerySnapshot | null;
  readonly door: () => DoorState | null;
}

/** Keeps `terminal/<id>/status` true. */
export interface StatusPublisher {
  /** Publish again, soon; call it when the gallery or the door changed. Calls in quick succession become one. */
  changed(): void;
  /** Say offline, as the last will would. */
  close(): Promise<void>;
}

const gatherMs = 50;
/** Doors that are interlocked with this one take it for unknown when it says nothing for a while. */
const beatMs = 10_000;
const farewellMs = 1000;

/** Publish the retained status with every connection and every change. */
export function statusPublisher(options: StatusOptions): StatusPublisher {
  const { site, terminal, link } = options;
  const since = options.clock.now().toISOString();
  const topic = topicsOf(site).status(terminal);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const publish = () => {
    timer = undefined;
    if (closed || !link.state.online) return;
    link.publish(topic, JSON.stringify(statusNow(options, since)), { retain: true }).catch(() => {});
  };
  const changed = () => {
    if (!closed) timer ??= setTimeout(publish, gatherMs);
  };
  link.onState(({ online }) => {
    if (online) changed();
  });
  const beating = setInterval(changed, beatMs).unref();
  return {
    changed,
    close: async () => {
      closed = true;
      clearInterval(beating);
      clearTimeout(timer);
      const said = link.publish(topic, lastWill(site, terminal).payload, { retain: true }).catch(() => {});
      // A broker that is there and says nothing must not hold up the shutdown; the last will speaks in the end.
      await Promise.race([said, delay(farewellMs, undefined, { ref: false })]);
    },
  };
}

function statusNow(options: StatusOptions, since: string): Status {
  const snapshot = options.gallery();
  const { lineage = '', version = 0, people = [] } = snapshot ?? {};
  const digest = galleryDigest(snapshot === null ? {} : bucketDigests(stampsOf(snapshot)));
  return {
    format: wireFormat,
    terminal: options.terminal,
    online: true,
    since,
    software: options.software,
    gallery: { lineage, version, digest, people: people.length },
    pack: options.pack,
    door: options.door(),
    journal: { lastSeq: options.journal.lastSeq, acknowledgedSeq: options.journal.acknowledgedSeq },
  };
}
