import { setTimeout as wait } from 'node:timers/promises';
import type { Opener } from '../sync/envelope.ts';
import type { Link } from '../sync/link.ts';
import { topicsOf } from '../sync/topics.ts';
import type { HubStore } from './hub-store.ts';
import { type Notify, noticeOf } from './notice.ts';
import type { Publisher } from './publish.ts';
import { resumedAt } from './resumed-history.ts';
import { latestRules } from './rules-book.ts';
import type { Seat, Seating } from './seat.ts';
import { watchPublished } from './watch-published.ts';

/** What an elected publisher works with. */
export interface ElectionOptions {
  readonly site: string;
  readonly store: HubStore;
  readonly opener: Opener;
  readonly notify: Notify;
  /** The link of this process, on which it sees what others publish. */
  readonly link: Link;
  readonly seat: Seat;
  /**
   * A link for the publisher alone, under the same client id in every process: a broker that lets the new one in throws
   * the old one out, and what it still had to say is not taken.
   */
  readonly openLink: () => Link;
  readonly openPublisher: (link: Link) => Promise<Publisher>;
  /** Told with every change whether it is this process that publishes. */
  readonly onSeat?: (seated: boolean) => void;
  readonly timing?: Partial<typeof defaults>;
}

const defaults = {
  /** How often a seat that another has is asked for. */
  retryMs: 1000,
  /** How often the holder looks into the books for what others changed. */
  followMs: 150,
  /** How long a change waits for the holder to publish it. */
  patienceMs: 3000,
};

/** A {@link Publisher} that stands by while another process is it. */
export interface ElectedPublisher extends Publisher {
  /** Whether it is this process that publishes. */
  readonly seated: boolean;
}

/**
 * One of the processes that share the books publishes; which, is settled by a lock that ends with its holder. The others
 * write into the books, the holder finds it there, and they see on the broker that it did.
 */
export async function openElectedPublisher(options: ElectionOptions): Promise<ElectedPublisher> {
  const { link, store, seat, openLink, openPublisher, notify } = options;
  const timing = { ...defaults, ...options.timing };
  const topics = topicsOf(options.site);
  const stop = new AbortController();
  const published = await watchPublished(options);
  let mine: { readonly publisher: Publisher; readonly link: Link } | null = null;

  const follow = async (since: { version: number; rules: number }, lost: AbortSignal) => {
    const signal = AbortSignal.any([stop.signal, lost]);
    for (;;) {
      await wait(timing.followMs, null, { signal });
      // What is missed while the broker is away is made up for with the connection.
      const { version } = await store.state();
      if (version > since.version) {
        const [newest] = (await store.stamps(since.version)).sort((a, b) => b.version - a.version);
        if ((await resumedAt(store.db)) > since.version) await mine?.publisher.resume();
        else if (newest !== undefined) await mine?.publisher.publish(newest);
        since.version = version;
      }
      const rules = (await latestRules(store.db))?.version ?? 0;
      if (rules > since.rules) await mine?.publisher.publishRules();
      since.rules = rules;
    }
  };

  const serve = async (seating: Seating) => {
    const since = { version: (await store.state()).version, rules: (await latestRules(store.db))?.version ?? 0 };
    const link = openLink();
    try {
      mine = { link, publisher: await openPublisher(link) };
      options.onSeat?.(true);
      await follow(since, seating.lost);
    } finally {
      const { publisher } = mine ?? {};
      mine = null;
      if (publisher !== undefined) options.onSeat?.(false);
      await publisher?.close();
      await link.close();
      await seating.release();
    }
  };

  const stand = async () => {
    let silent = false;
    while (!stop.signal.aborted) {
      try {
        const seating = await seat.take();
        silent = false;
        if (seating !== null) await serve(seating);
      } catch (error) {
        if (stop.signal.aborted) return;
        // Once per trouble: it is tried again every second, and the log is no drum.
        if (!silent && (error as Error).name !== 'AbortError') notify(noticeOf(error, topics.head));
        silent = true;
      }
      await wait(timing.retryMs, null, { signal: stop.signal }).catch(() => {});
    }
  };
  const standing = stand();

  const patience = () => (link.state.online ? timing.patienceMs : 0);
  return {
    get seated() {
      return mine !== null;
    },
    publish: async (record) => {
      if (mine?.link.state.online) return mine.publisher.publish(record);
      return published.head(record.version, patience());
    },
    publishRules: async () => {
      if (mine?.link.state.online) return mine.publisher.publishRules();
      return published.rules((await latestRules(store.db))?.version ?? 0, patience());
    },
    republish: async () => {
      const deadlineMs = performance.now() + patience();
      while (!mine?.link.state.online && performance.now() < deadlineMs && !stop.signal.aborted) await wait(50);
      return (await mine?.publisher.republish()) ?? false;
    },
    resume: async () => {
      if (mine?.link.state.online) return mine.publisher.resume();
      return published.head((await store.state()).version, patience());
    },
    close: async () => {
      stop.abort();
      published.close();
      await standing;
    },
  };
}
