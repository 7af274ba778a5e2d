import { setTimeout as delay } from 'node:timers/promises';
import { ulid } from 'ulid';
import type { Clock } from '../domain/clock.ts';
import type { DoorState } from '../domain/door-state.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';
import type { Journal } from '../journal/journal.ts';
import type { Vitals } from './diagnosis.ts';
import { galleryDigest, snapshotDigest } from './digest.ts';
import type { Link } from './link.ts';
import { type HeldKeys, type KeyOffer, type Status, wireFormat } from './messages.ts';
import type { TerminalSealer } from './terminal-envelope.ts';
import { topicsOf } from './topics.ts';

/** One start of a terminal: what its last will and its statuses have in common. */
export function newSession(): string {
  return ulid();
}

/** What the broker is to publish when this terminal falls silent: hand it to the link as its last will. */
export async function lastWill(options: {
  readonly site: string;
  readonly terminal: string;
  readonly session: string;
  readonly sealer: TerminalSealer;
}): Promise<{ readonly topic: string; readonly payload: string }> {
  const { site, terminal, session, sealer } = options;
  const offline: Status = { format: wireFormat, terminal, online: false, session };
  return { topic: topicsOf(site).status(terminal), payload: await sealer.status(offline) };
}

/** What a {@link StatusPublisher} works with; the functions are asked at the moment of publishing. */
export interface StatusOptions {
  readonly site: string;
  readonly terminal: string;
  readonly session: string;
  readonly sealer: TerminalSealer;
  readonly link: Link;
  readonly clock: Clock;
  readonly software: string;
  readonly pack: string;
  readonly journal: Pick<Journal, 'firstSeq' | 'lastSeq' | 'acknowledgedSeq' | 'turn'>;
  readonly gallery: () => GallerySnapshot | null;
  readonly door: () => DoorState | null;
  /** Left out, it is not locked down. */
  readonly lockdown?: () => boolean;
  readonly keys: () => HeldKeys;
  /** Keys that it has made for itself, for the hub to take; left out, or `null`, there are none. */
  readonly offer?: () => KeyOffer | null;
  /** How the terminal does, in a few numbers; left out, nothing is said of that. Must not reject. */
  readonly vitals?: () => Promise<Vitals>;
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
  let count = 0;
  let saying: Promise<void> = Promise.resolve();

  const say = async () => {
    if (closed || !link.state.online) return;
    count++;
    const vitals = await options.vitals?.();
    const status = statusNow(options, { since, count, vitals });
    await link.publish(topic, await options.sealer.status(status), { retain: true });
  };
  const publish = () => {
    timer = undefined;
    // One after the other: a status that overtook a newer one would be taken for an old one.
    saying = saying.then(say).catch(() => {});
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
      const said = lastWill(options).then(({ payload }) => link.publish(topic, payload, { retain: true }));
      // A broker that is there and says nothing must not hold up the shutdown; the last will speaks in the end.
      await Promise.race([said.catch(() => {}), delay(farewellMs, undefined, { ref: false })]);
    },
  };
}

function statusNow(
  options: StatusOptions,
  { since, count, vitals }: { since: string; count: number; vitals: Vitals | undefined },
): Status {
  const snapshot = options.gallery();
  const { lineage = '', version = 0, people = [] } = snapshot ?? {};
  const digest = snapshot === null ? galleryDigest({}) : snapshotDigest(snapshot);
  const offer = options.offer?.() ?? null;
  const { firstSeq, lastSeq, acknowledgedSeq, turn } = options.journal;
  return {
    format: wireFormat,
    terminal: options.terminal,
    online: true,
    session: options.session,
    count,
    at: options.clock.now().toISOString(),
    clock: options.clock.quality(),
    since,
    software: options.software,
    gallery: { lineage, version, digest, people: people.length },
    pack: options.pack,
    door: options.door(),
    ...(options.lockdown?.() && { lockdown: true as const }),
    journal: { lastSeq, acknowledgedSeq, firstSeq: firstSeq || lastSeq + 1, turn },
    keys: options.keys(),
    ...(offer !== null && { offer }),
    ...(vitals && { vitals }),
  };
}
