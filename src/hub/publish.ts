import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { inOrder } from '../runtime/in-order.ts';
import { bucketDigests } from '../sync/digest.ts';
import type { Opener, Sealer } from '../sync/envelope.ts';
import { assertSize } from '../sync/jose-text.ts';
import type { Delivery, Link } from '../sync/link.ts';
import { type GalleryRecord, type Head, type RulesMessage, recordToWire, wireFormat } from '../sync/messages.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';
import type { HubStore } from './hub-store.ts';
import { type Notify, noticeOf } from './notice.ts';
import { latestRules } from './rules-book.ts';

/** What a {@link Publisher} works with. */
export interface PublisherOptions {
  readonly site: string;
  readonly link: Link;
  readonly store: HubStore;
  readonly sealer: Sealer;
  readonly opener: Opener;
  /** Opens what terminals want. */
  readonly terminals: TerminalOpener;
  /** The keys may have been changed by another process: called before anything is sealed. */
  readonly freshKeys: () => Promise<void>;
  /** Id of the embedder the templates are from. */
  readonly embedder: string;
  readonly clock: Clock;
  readonly notify: Notify;
  /** How long a head is good for; without it, for ever. */
  readonly headLifetimeMs?: number | undefined;
  /** How long a broker may take to hand out the head it keeps. */
  readonly settleMs?: number;
}

/** Keeps the broker's retained gallery equal to the hub's database. */
export interface Publisher {
  /** Publish a change: the record, then the head that covers it. `false` when it has to wait for the broker. */
  publish(record: GalleryRecord): Promise<boolean>;
  /** Publish the rules in force. `false` when they have to wait for the broker. */
  publishRules(): Promise<boolean>;
  /** Publish everything again: the keys it is sealed with have changed. `false` when it has to wait for the broker. */
  republish(): Promise<boolean>;
  close(): Promise<void>;
}

/** How many messages are under way to the broker at once. */
const atOnce = 32;
/** Wants that come together (every terminal, after an outage) are answered together. */
const gatherMs = 200;

/**
 * With every connection the retained head is looked at, and what differs is published again. A head of another lineage,
 * or newer than the database, is left alone: it says that this is not the hub that terminals know, and publishing over
 * it would only take their gallery off the broker.
 */
export async function openPublisher(options: PublisherOptions): Promise<Publisher> {
  const { link, store, sealer, opener, notify, settleMs = 500 } = options;
  const topics = topicsOf(options.site);
  const serially = inOrder();
  const wanted = new Set<string>();
  const stop = new AbortController();
  let retained: Delivery | null = null;
  let blocked = false;
  let gathering: NodeJS.Timeout | undefined;

  const sendRecords = async (records: readonly GalleryRecord[]) => {
    for (let i = 0; i < records.length; i += atOnce) {
      await Promise.all(
        records.slice(i, i + atOnce).map(async (record) => {
          const sealed = await sealer.record(recordToWire(options.site, record));
          await link.publish(topics.person(record.id), sealed, { retain: true });
        }),
      );
    }
  };
  const sendHead = async () => link.publish(topics.head, await sealer.head(await headNow(options)), { retain: true });

  const sendRules = async () => {
    const latest = await latestRules(store.db);
    if (latest === null) return;
    const { lineage } = await store.state();
    const { version, setAt: issuedAt, rules } = latest;
    const message = { format: wireFormat, site: options.site, lineage, version, issuedAt, rules } as RulesMessage;
    const sealed = await sealer.rules(message);
    assertSize(Buffer.from(sealed));
    await link.publish(topics.rules, sealed, { retain: true });
  };

  const reconcile = async () => {
    await wait(settleMs, null, { signal: stop.signal });
    const known = retained === null ? null : await opener.head(retained.payload).catch(() => null);
    const mine = await headNow(options);
    if (known !== null) assertMine(known, mine);
    blocked = false;
    // One message, always: what the broker keeps is not looked at, because terminals refuse what is older.
    await sendRules();
    if (known?.version === mine.version && sameBuckets(known, mine)) return;
    const since = known?.version ?? 0;
    await sendRecords((await store.records()).filter(({ version }) => version > since));
    await sendHead();
  };

  const answer = async () => {
    const buckets = [...wanted];
    wanted.clear();
    if (blocked) return;
    await sendRecords(await store.records(buckets));
    await sendHead();
  };

  const background = (task: () => Promise<void>) => {
    serially(() => options.freshKeys().then(task)).catch((error) => {
      if (stop.signal.aborted) return;
      if (error instanceof LimenError && error.code !== 'broker.lost') blocked = true;
      notify(noticeOf(error, topics.head));
    });
  };

  await link.subscribe(topics.head, (delivery) => {
    if (delivery.retained && delivery.payload.byteLength > 0) retained = delivery;
  });
  await link.subscribe(topics.everyWant, ({ topic, payload }) => {
    const meaning = topics.parse(topic);
    if (meaning?.kind !== 'want') return;
    options.terminals.want(payload, meaning.terminal).then(
      ({ buckets }) => {
        for (const bucket of buckets) wanted.add(bucket);
        gathering ??= setTimeout(() => {
          gathering = undefined;
          background(answer);
        }, gatherMs);
      },
      (error) => notify(noticeOf(error, topic)),
    );
  });
  link.onState(({ online }) => {
    if (stop.signal.aborted) return;
    if (online) background(reconcile);
    else retained = null;
  });

  const published = (topic: string, send: () => Promise<void>) =>
    serially(async () => {
      if (blocked || !link.state.online) return false;
      try {
        await options.freshKeys();
        await send();
        return true;
      } catch (error) {
        notify(noticeOf(error, topic));
        return false;
      }
    });

  return {
    publish: (record) =>
      published(topics.person(record.id), async () => {
        await sendRecords([record]);
        await sendHead();
      }),
    publishRules: () => published(topics.rules, sendRules),
    republish: () =>
      published(topics.head, async () => {
        await sendRules();
        await sendRecords(await store.records());
        await sendHead();
      }),
    close: async () => {
      stop.abort();
      clearTimeout(gathering);
      await serially(async () => {});
    },
  };
}

async function headNow({ site, store, embedder, clock, headLifetimeMs }: PublisherOptions): Promise<Head> {
  const { lineage, version } = await store.state();
  const stamps = await store.stamps();
  const now = clock.now();
  return {
    format: wireFormat,
    site,
    lineage,
    version,
    embedder,
    count: stamps.filter(({ kind }) => kind === 'person').length,
    buckets: bucketDigests(stamps),
    issuedAt: now.toISOString(),
    expiresAt: headLifetimeMs === undefined ? null : new Date(now.getTime() + headLifetimeMs).toISOString(),
  };
}

function assertMine(known: Head, mine: Head): void {
  if (known.lineage !== mine.lineage) {
    throw new LimenError('gallery.foreign-lineage', 'The broker holds the gallery of another hub with the same keys.', {
      hint: "Restore that hub's database here, or give the site new keys and clear its topics on the broker.",
    });
  }
  if (known.version > mine.version) {
    throw new LimenError(
      'gallery.rollback',
      `The broker holds gallery version ${known.version}, newer than this hub's ${mine.version}: its database is an old copy.`,
      { hint: 'Restore the newest backup of the hub; terminals refuse to go back.' },
    );
  }
}

function sameBuckets(a: Head, b: Head): boolean {
  return JSON.stringify(Object.entries(a.buckets).sort()) === JSON.stringify(Object.entries(b.buckets).sort());
}
