import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import { inOrder } from '../runtime/in-order.ts';
import { pause, systemTimers } from '../runtime/timers.ts';
import { bucketName, bucketOf } from '../sync/digest.ts';
import type { Opener, Sealer } from '../sync/envelope.ts';
import { assertSize } from '../sync/jose-text.ts';
import type { Delivery, Link } from '../sync/link.ts';
import { type GalleryRecord, type Head, type RulesMessage, recordToWire, wireFormat } from '../sync/messages.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';
import type { HubStore } from './hub-store.ts';
import { type Notify, noticeOf } from './notice.ts';
import { assertOwnHistory } from './own-history.ts';
import { latestRules } from './rules-book.ts';
import { type GalleryOutline, stampBook } from './stamp-book.ts';

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
  readonly timers?: Timers;
}

/** Keeps the broker's retained gallery equal to the hub's database. */
export interface Publisher {
  /** Publish a change: the record, then the head that covers it. `false` when it has to wait for the broker. */
  publish(record: GalleryRecord): Promise<boolean>;
  /** Publish the rules in force. `false` when they have to wait for the broker. */
  publishRules(): Promise<boolean>;
  /** Publish everything again: the keys it is sealed with have changed. `false` when it has to wait for the broker. */
  republish(): Promise<boolean>;
  /** The books go on above everything that terminals have: publish what differs, also where that was out of the question. */
  resume(): Promise<boolean>;
  close(): Promise<void>;
}

const dayMs = 86_400_000;
/** How many messages are under way to the broker at once. */
const atOnce = 32;
/** Of how many buckets the records are in memory at once. */
const bucketsAtOnce = 8;
/** Wants that come together (every terminal, after an outage) are answered together. */
const gatherMs = 200;

/**
 * With every connection the retained head is looked at, and what differs is published again. A head of another lineage,
 * or newer than the database, is left alone: it says that this is not the hub that terminals know, and publishing over
 * it would only take their gallery off the broker.
 */
export async function openPublisher(options: PublisherOptions): Promise<Publisher> {
  const { link, store, sealer, opener, notify, settleMs = 500, timers = systemTimers } = options;
  const topics = topicsOf(options.site);
  const serially = inOrder();
  const wanted = { buckets: new Set<string>(), people: new Set<string>(), of: new Set<number>() };
  const stop = new AbortController();
  let retained: Delivery | null = null;
  let blocked = false;
  let gathering: (() => void) | undefined;

  const book = stampBook(store);

  const sendRecord = async (record: GalleryRecord, { live }: { readonly live: boolean }) => {
    const sealed = await sealer.record(recordToWire(options.site, record));
    const kept = link.publish(topics.person(record.id), sealed, { retain: true });
    await Promise.all([kept, ...(live ? [link.publish(topics.change(record.id), sealed)] : [])]);
  };

  const sendRecords = async (buckets: readonly string[], choose: (record: GalleryRecord) => boolean) => {
    for (let i = 0; i < buckets.length; i += bucketsAtOnce) {
      const records = (await store.records(buckets.slice(i, i + bucketsAtOnce))).filter(choose);
      for (let k = 0; k < records.length; k += atOnce) {
        await Promise.all(records.slice(k, k + atOnce).map((record) => sendRecord(record, { live: false })));
      }
    }
  };

  const sendLists = (outline: GalleryOutline, buckets: readonly string[]) =>
    Promise.all(buckets.map((name) => link.publish(topics.list(name), outline.list(name), { retain: true })));

  /** The lists of some buckets, then the head that covers them: in this order, a terminal finds what it looks for. */
  const sendOutline = async (outline: GalleryOutline, buckets: readonly string[]) => {
    await sendLists(outline, buckets);
    await link.publish(topics.head, await sealer.head(await headOf(outline, options)), { retain: true });
  };

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
    await pause(timers, settleMs, stop.signal);
    const known = retained === null ? null : await opener.head(retained.payload).catch(() => null);
    const outline = await book.refresh();
    const mine = await headOf(outline, options);
    await assertOwnHistory(store.db, mine.lineage, known, outline);
    blocked = false;
    // One message, always: what the broker keeps is not looked at, because terminals refuse what is older.
    await sendRules();
    const changed = Object.keys(mine.buckets).filter((name) => mine.buckets[name] !== known?.buckets[name]);
    if (known?.version === mine.version && changed.length === 0 && !isAging(known, options)) return;
    const since = known?.version ?? 0;
    await sendRecords(changed, ({ version }) => version > since);
    await sendOutline(outline, changed);
  };

  /** A head ends long after it is made anew: a hub may be away for most of that time. */
  const renew = async () => {
    if (!blocked && link.state.online) await sendOutline(await book.refresh(), []);
  };

  const answer = async () => {
    const [lists, people, versions] = [new Set(wanted.buckets), new Set(wanted.people), new Set(wanted.of)];
    for (const part of [wanted.buckets, wanted.people, wanted.of]) part.clear();
    if (blocked) return;
    const theirs = new Set([...people].map((id) => bucketName(bucketOf(id))));
    await sendRecords([...theirs], ({ id }) => people.has(id));
    const outline = await book.refresh();
    const named = [...new Set([...lists, ...theirs])];
    // The head goes to everybody: a thousand slow terminals that all have it would be sent it again with every question.
    if ([...versions].every((version) => version === outline.version)) await sendLists(outline, named);
    else await sendOutline(outline, named);
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
      ({ version, buckets, people }) => {
        wanted.of.add(version);
        for (const bucket of buckets) wanted.buckets.add(bucket);
        for (const id of people) wanted.people.add(id);
        gathering ??= timers.after(gatherMs, () => {
          gathering = undefined;
          background(answer);
        });
      },
      (error) => notify(noticeOf(error, topic)),
    );
  });
  link.onState(({ online }) => {
    if (stop.signal.aborted) return;
    if (online) background(reconcile);
    else retained = null;
  });

  const { headLifetimeMs } = options;
  let callOffRenewal = () => {};
  const renewLater = (lifetimeMs: number) => {
    callOffRenewal = timers.after(renewalMs(lifetimeMs), () => {
      background(renew);
      renewLater(lifetimeMs);
    });
  };
  if (headLifetimeMs !== undefined) renewLater(headLifetimeMs);

  const published = (topic: string, send: () => Promise<void>) =>
    serially(async () => {
      if ((blocked && send !== reconcile) || !link.state.online) return false;
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
        await sendRecord(record, { live: true });
        await sendOutline(await book.refresh(), [bucketName(bucketOf(record.id))]);
      }),
    publishRules: () => published(topics.rules, sendRules),
    republish: () =>
      published(topics.head, async () => {
        await sendRules();
        const outline = await book.refresh();
        const buckets = Object.keys((await headOf(outline, options)).buckets);
        await sendRecords(buckets, () => true);
        await sendOutline(outline, buckets);
      }),
    resume: () => published(topics.head, reconcile),
    close: async () => {
      stop.abort();
      gathering?.();
      callOffRenewal();
      await serially(async () => {});
    },
  };
}

async function headOf(
  { version, count, digests, embedders }: GalleryOutline,
  { site, store, embedder: own, clock, headLifetimeMs }: PublisherOptions,
): Promise<Head> {
  const { lineage } = await store.state();
  const now = clock.now();
  // Until the hub's own embedder knows everybody, the site goes on with the one that does.
  const embedder = embedders.includes(own) ? own : (embedders[0] ?? own);
  return {
    ...(embedders.length > 1 && { embedders: [...embedders] }),
    ...{ format: wireFormat, site, lineage, version, embedder, count, buckets: { ...digests } },
    issuedAt: now.toISOString(),
    expiresAt: headLifetimeMs === undefined ? null : new Date(now.getTime() + headLifetimeMs).toISOString(),
  };
}

function renewalMs(lifetimeMs: number): number {
  return Math.min(dayMs, lifetimeMs / 4);
}

/** Whether the head that the broker keeps should have been made anew already, or was made for another lifetime. */
function isAging({ issuedAt, expiresAt }: Head, { clock, headLifetimeMs }: PublisherOptions): boolean {
  if (headLifetimeMs === undefined) return expiresAt !== null;
  const issuedMs = Date.parse(issuedAt);
  if (expiresAt === null || Date.parse(expiresAt) - issuedMs !== headLifetimeMs) return true;
  return clock.now().getTime() - issuedMs >= renewalMs(headLifetimeMs);
}
