import { readFileSync } from 'node:fs';
import type { Occurrence } from '../../src/domain/event.ts';
import type { GallerySnapshot, GalleryStore } from '../../src/gallery/gallery-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener } from '../../src/sync/envelope.ts';
import { importAgreement, importSigning, importSite } from '../../src/sync/keys.ts';
import type { Delivery, Link } from '../../src/sync/link.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import type { Provisioning } from '../../src/sync/provisioning.ts';
import { openGalleryReplica } from '../../src/sync/replica.ts';
import { lastWill, newSession, statusPublisher } from '../../src/sync/status.ts';
import { terminalSealer } from '../../src/sync/terminal-envelope.ts';
import { openUplink } from '../../src/sync/uplink.ts';
import { memoryJournal } from '../../test/support/memory-journal.ts';
import { keysOf, say, site } from '../sync/party.ts';
import { fleetTask, keysFileOf, type Traffic, terminalId } from './party.ts';

/**
 * Many terminals in one process: gallery, events and status as in the product, over a connection each. Without camera,
 * door, disk and the matrix that faces are compared with; people whom they all know are in memory once.
 */

const job = fleetTask();
const hubKeys = await keysOf(job);
const traffic: Traffic = { received: 0, receivedBytes: 0, sent: 0, sentBytes: 0 };
const nowMs = () => performance.timeOrigin + performance.now();
const documents = JSON.parse(readFileSync(keysFileOf(job), 'utf8')) as Provisioning['keys'][];

/** What somebody has on the disk, as far as it goes here. */
class Terminal {
  readonly #id: string;
  readonly #keys: Provisioning['keys'];
  readonly #journal;
  #stored: GallerySnapshot | null = null;
  #closers: (() => unknown)[] = [];
  confirmedAtMs = 0;
  /** Version in use -> when it came into use. */
  readonly usedAtMs = new Map<number, number>();

  constructor(n: number) {
    this.#id = terminalId(n);
    this.#keys = documents[n] as Provisioning['keys'];
    this.#journal = memoryJournal(this.#id);
  }

  get snapshot(): GallerySnapshot | null {
    return this.#stored;
  }

  /** Every event was acknowledged by the hub. */
  get isTold(): boolean {
    return this.#journal.acknowledgedSeq === this.#journal.lastSeq;
  }

  async open(stored: GallerySnapshot | null): Promise<void> {
    this.#stored = stored;
    this.confirmedAtMs = 0;
    const own = {
      signing: await importSigning(this.#keys.signing),
      agreement: await importAgreement(this.#keys.agreement),
    };
    const siteKeys = await Promise.all(this.#keys.site.map(importSite));
    const sealer = terminalSealer({ site: siteKeys, own });
    const session = newSession();
    const named = { site, terminal: this.#id };
    const will = await lastWill({ ...named, session, sealer });
    const link = counted(openMqttLink({ url: job.url, clientId: `limen-${this.#id}`, will }));
    const held = { hub: [...hubKeys.valid.hub], site: [...hubKeys.valid.site], sequence: this.#keys.sequence };
    const journal = this.#journal;
    const status = statusPublisher({
      ...{ ...named, session, sealer, link, clock: systemClock, journal, software: 'bench', pack: 'bench' },
      ...{ gallery: () => this.#stored, door: () => 'locked', keys: () => held },
    });
    const opening = opener(site, hubKeys);
    const uplink = await openUplink({ ...named, link, journal, opener: opening, sealer });
    const report = (occurrence: Occurrence) => {
      journal.append(occurrence);
      uplink.wake();
    };
    const store: GalleryStore = {
      read: async () => stored && { snapshot: stored, recoveredFrom: null },
      write: async () => {},
    };
    const replica = await openGalleryReplica({
      ...{ ...named, link, sealer, opener: opening, store, report, clock: systemClock },
      freshness: {
        now: () => systemClock.now(),
        confirmed: () => {
          this.confirmedAtMs ||= nowMs();
        },
      },
      onGallery: (snapshot) => {
        this.#stored = snapshot;
        this.usedAtMs.set(snapshot.version, nowMs());
        status.changed();
      },
    });
    this.#closers = [() => uplink.close(), () => replica.close(), () => status.close(), () => link.close()];
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

const fleet = Array.from({ length: job.to - job.from }, (_, i) => new Terminal(job.from + i));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const orders = {
  /** One terminal with nothing on its disk. */
  first: async () => {
    await fleet[0]?.open(null);
    await until(() => (fleet[0]?.confirmedAtMs ?? 0) > 0);
    await fleet[0]?.close();
  },
  /** All at once, with what the first has on its disk, or with nothing. */
  open: async ({ empty }: { readonly empty?: boolean }) => {
    const known = empty ? null : (fleet[0]?.snapshot ?? null);
    await Promise.all(fleet.map((one) => one.open(empty ? null : (one.snapshot ?? known))));
    await until(() => fleet.every(({ confirmedAtMs, isTold }) => confirmedAtMs > 0 && isTold));
    return { times: fleet.map(({ confirmedAtMs }) => confirmedAtMs) };
  },
  follow: async ({ version }: { readonly version: number }) => {
    await until(() => fleet.every(({ usedAtMs, isTold }) => usedAtMs.has(version) && isTold));
    return { times: fleet.map(({ usedAtMs }) => usedAtMs.get(version) as number) };
  },
  close: () => Promise.all(fleet.map((one) => one.close())).then(() => {}),
  count: async () => {},
};

process.on('message', async (order: { readonly order: keyof typeof orders } & Parameters<typeof orders.follow>[0]) => {
  const done = await orders[order.order](order as never);
  say({ kind: order.order, traffic, ...done });
});
process.once('disconnect', () => process.exit(0));
say({ kind: 'ready' });

/** The same link, with a count of what goes over it. */
function counted(link: Link): Link {
  return {
    ...link,
    get url() {
      return link.url;
    },
    get state() {
      return link.state;
    },
    publish: (topic, payload, options) => {
      traffic.sent++;
      traffic.sentBytes += payload.length + topic.length;
      return link.publish(topic, payload, options);
    },
    subscribe: (filter, onDelivery: (delivery: Delivery) => void) =>
      link.subscribe(filter, (delivery) => {
        traffic.received++;
        traffic.receivedBytes += delivery.payload.byteLength + delivery.topic.length;
        onDelivery(delivery);
      }),
  };
}
