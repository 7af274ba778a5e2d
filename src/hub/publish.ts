import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import { inOrder } from '../runtime/in-order.ts';
import { pause, systemTimers } from '../runtime/timers.ts';
import { backOff } from '../sync/back-off.ts';
import { bucketName, bucketOf } from '../sync/digest.ts';
import type { Opener, Sealer } from '../sync/envelope.ts';
import type { Delivery, Link } from '../sync/link.ts';
import type { GalleryRecord, Head } from '../sync/messages.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';
import type { HubStore } from './hub-store.ts';
import { type Notify, noticeOf } from './notice.ts';
import { headOf, isAging, renewalMs } from './own-head.ts';
import { assertOwnHistory } from './own-history.ts';
import { latestRules } from './rules-book.ts';
import { gallerySender } from './send-gallery.ts';
import { type GalleryOutline, stampBook } from './stamp-book.ts';
import { watchKept } from './watch-kept.ts';

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
  /**
   * Publish a change that is in the books, and whatever else is in them that the broker lacks: the records, then the head
   * that covers them. `false` when that has to wait.
   */
  publish(change: Pick<GalleryRecord, 'id' | 'version'>): Promise<boolean>;
  /** Publish the rules in force. `false` when they have to wait. */
  publishRules(): Promise<boolean>;
  /** Publish everything again: the keys it is sealed with have changed. `false` when it has to wait. */
  republish(): Promise<boolean>;
  /** The books go on above everything that terminals have: publish what differs, also where that was out of the question. */
  resume(): Promise<boolean>;
  close(): Promise<void>;
}

/** More that changed together are not sent to everybody: a broker drops what it has to queue for a slow terminal. */
const mostLive = 32;
/** Wants that come together (every terminal, after an outage) are answered together. */
const gatherMs = 200;
/** After a failure that is not the connection's: when everything is looked over again. */
const again = { firstMs: 1000, mostMs: 60_000 };

/** One connection to the broker. */
interface Connection {
  /** The head that the broker keeps; `null` where it has none. */
  head: Head | null;
  /** Whether {@link head} is known to be that, and this hub's. */
  looked: boolean;
  /** It is another hub's, or newer than the books. */
  blocked: boolean;
}

/**
 * With every connection the retained head is looked at, and what differs is published again. A head of another lineage,
 * or newer than the database, is left alone: it says that this is not the hub that terminals know, and publishing over
 * it would only take their gallery off the broker. What fails for another reason is tried again.
 */
export async function openPublisher(options: PublisherOptions): Promise<Publisher> {
  const { link, store, sealer, opener, notify, settleMs = 500, timers = systemTimers } = options;
  const send = gallerySender(options);
  const topics = topicsOf(options.site);
  const serially = inOrder();
  const waits = backOff({ ...again, random: timers.random });
  const wanted = { buckets: new Set<string>(), people: new Set<string>(), of: new Set<number>() };
  const stop = new AbortController();
  let retained: Delivery | null = null;
  let connection = fresh();
  let gathering: (() => void) | undefined;
  let retrying: (() => void) | undefined;

  const book = stampBook(store);

  /** The lists of some buckets, then the head that covers them: in this order, a terminal finds what it looks for. */
  const sendOutline = async (on: Connection, outline: GalleryOutline, buckets: readonly string[]) => {
    await send.lists(outline, buckets);
    const head = await headOf(outline, options);
    await link.publish(topics.head, await sealer.head(head), { retain: true });
    on.head = head;
  };

  /** What the broker keeps, looked at once per connection. @throws LimenError as {@link assertOwnHistory}. */
  const looked = async (): Promise<Connection> => {
    const on = connection;
    if (on.looked) return on;
    await pause(timers, settleMs, stop.signal);
    const head = retained === null ? null : await opener.head(retained.payload).catch(() => null);
    const own = await book.refresh();
    const { lineage } = await store.state();
    try {
      await assertOwnHistory(store.db, lineage, head, own);
    } catch (error) {
      on.blocked = isNotMine(error);
      throw error;
    }
    // The broker may have come back with something else: whatever is to be done begins anew with the connection.
    if (on !== connection) throw new LimenError('broker.lost', `The connection to ${link.url} was lost meanwhile.`);
    return Object.assign(on, { head, looked: true });
  };

  /**
   * What changed since the broker's head, then the head that covers it: so none says what is not there, also after a
   * failure, and whoever made the change. `asked` is told to everybody at once.
   */
  const bring = async ({ asked, anew = false }: { readonly asked?: string; readonly anew?: boolean } = {}) => {
    const on = await looked();
    const outline = await book.refresh();
    const { digests, version } = outline;
    const changed = Object.keys(digests).filter((name) => digests[name] !== on.head?.buckets[name]);
    if (on.head?.version === version && changed.length === 0 && !anew) return outline;
    const since = on.head?.version ?? 0;
    const few = asked !== undefined && (await store.stamps(since)).length <= mostLive;
    await send.records(changed, { choose: (one) => one.version > since, live: ({ id }) => few || id === asked });
    await sendOutline(on, outline, changed);
    return outline;
  };

  const reconcile = async () => {
    const { head } = await looked();
    // One message, always: what the broker keeps is not looked at, because terminals refuse what is older.
    await send.rules();
    await bring({ anew: head !== null && isAging(head, options) });
    waits.reset();
  };

  const answer = async () => {
    const [lists, people, versions] = [new Set(wanted.buckets), new Set(wanted.people), new Set(wanted.of)];
    for (const part of [wanted.buckets, wanted.people, wanted.of]) part.clear();
    const theirs = new Set([...people].map((id) => bucketName(bucketOf(id))));
    const outline = await bring();
    await send.records([...theirs], { choose: ({ id }) => people.has(id) });
    const named = [...new Set([...lists, ...theirs])];
    // The head goes to everybody: a thousand slow terminals that all have it would be sent it again with every question.
    if ([...versions].every((version) => version === outline.version)) await send.lists(outline, named);
    else await sendOutline(await looked(), outline, named);
  };

  const failed = (error: unknown, topic: string) => {
    if (stop.signal.aborted) return;
    notify(noticeOf(error, topic));
    // A connection that comes back begins with everything.
    if (connection.blocked || !link.state.online) return;
    retrying ??= timers.after(waits.nextMs(), () => {
      retrying = undefined;
      void doing(topics.head, reconcile);
    });
  };

  /** `false` when it could not be done, and is made up for later. */
  const doing = (topic: string, task: () => Promise<unknown>): Promise<boolean> =>
    serially(async () => {
      if (connection.blocked || !link.state.online) return false;
      try {
        await options.freshKeys();
        await looked();
        await task();
        return true;
      } catch (error) {
        failed(error, topic);
        return false;
      }
    });

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
          void doing(topics.head, answer);
        });
      },
      (error) => notify(noticeOf(error, topic)),
    );
  });
  link.onState(({ online }) => {
    if (stop.signal.aborted) return;
    if (online) void doing(topics.head, reconcile);
    else [retained, connection] = [null, fresh()];
  });

  const watching = { link, timers };
  const watches = [
    await watchKept({
      ...{ ...watching, topic: topics.head },
      read: async (payload) => (await opener.head(payload)).version,
      own: () => connection.head?.version ?? 0,
      again: () => doing(topics.head, () => bring({ anew: true })),
    }),
    await watchKept({
      ...{ ...watching, topic: topics.rules },
      read: async (payload) => (await opener.rules(payload)).version,
      own: async () => (await latestRules(store.db))?.version ?? 0,
      again: () => doing(topics.rules, send.rules),
    }),
  ];

  const { headLifetimeMs } = options;
  let callOffRenewal = () => {};
  const renewLater = (lifetimeMs: number) => {
    callOffRenewal = timers.after(renewalMs(lifetimeMs), () => {
      // A head ends long after it is made anew: a hub may be away for most of that time.
      void doing(topics.head, () => bring({ anew: true }));
      renewLater(lifetimeMs);
    });
  };
  if (headLifetimeMs !== undefined) renewLater(headLifetimeMs);

  return {
    publish: ({ id }) => doing(topics.person(id), () => bring({ asked: id })),
    publishRules: () => doing(topics.rules, send.rules),
    republish: () =>
      doing(topics.head, async () => {
        await send.rules();
        // As if the broker had nothing.
        (await looked()).head = null;
        await bring();
      }),
    resume: () => {
      // What was out of the question is looked at anew.
      if (connection.blocked) connection = fresh();
      return doing(topics.head, reconcile);
    },
    close: async () => {
      stop.abort();
      gathering?.();
      retrying?.();
      callOffRenewal();
      for (const end of watches) end();
      await serially(async () => {});
    },
  };
}

function fresh(): Connection {
  return { head: null, looked: false, blocked: false };
}

/** Whether the gallery on the broker is one that this hub must not publish over; everything else passes, or is mended. */
function isNotMine(error: unknown): boolean {
  return isLimenError(error, 'gallery.rollback') || isLimenError(error, 'gallery.foreign-lineage');
}
