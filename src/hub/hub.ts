import type { Clock } from '../domain/clock.ts';
import { inOrder } from '../runtime/in-order.ts';
import { systemTimers } from '../runtime/timers.ts';
import { opener, sealer } from '../sync/envelope.ts';
import { assertSize } from '../sync/jose-text.ts';
import type { Link } from '../sync/link.ts';
import type { WireEvent } from '../sync/messages.ts';
import { terminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';
import type { Vision } from '../vision/vision.ts';
import { openCollector } from './collect.ts';
import { type ElectionOptions, openElectedPublisher } from './elected-publisher.ts';
import { assertOneEmbedder } from './embedder-change.ts';
import type { EnrolLimits } from './enrol.ts';
import { type HubKeyring, watchKeys } from './hub-keyring.ts';
import type { HubStore } from './hub-store.ts';
import { type KeyDesk, keyDesk } from './key-desk.ts';
import { type Notify, noticeOf } from './notice.ts';
import { overtakenWatch } from './overtaken-watch.ts';
import type { LivingStatus } from './own-keys.ts';
import { type PeopleDesk, peopleDesk } from './people-desk.ts';
import { openPublisher } from './publish.ts';
import { type Reached, type Resumption, resumeHistory } from './resumed-history.ts';
import { addRules, latestRules, type PublishedRules } from './rules-book.ts';
import { type TerminalBooks, terminalBooks } from './terminal-books.ts';
import { watchKept } from './watch-kept.ts';

/** What a {@link Hub} is built from. The hub closes none of them: whoever opened them does. */
export interface HubOptions {
  readonly site: string;
  readonly link: Link;
  readonly store: HubStore;
  readonly vision: Vision;
  readonly keys: HubKeyring;
  readonly clock: Clock;
  readonly enrolment?: Partial<EnrolLimits>;
  readonly onNotice?: Notify;
  /** How long a published head is good for; without it, for ever. */
  readonly headLifetimeMs?: number;
  /** People of another embedder are there to be enrolled again or erased, which is all that this hub is opened for. */
  readonly changingEmbedder?: boolean;
  /** How long the broker may take to hand out what it keeps. */
  readonly settleMs?: number;
  /** Beside other processes with the same books: who of them publishes, and over which link. Left out, this one does, over `link`. */
  readonly election?: Pick<ElectionOptions, 'seat' | 'openLink' | 'onSeat' | 'timing'>;
  /** Take events in alone, in turn with other processes (MQTT 5), or not at all, as a command does. Left out, alone. */
  readonly collecting?: 'alone' | 'in-turn' | 'no';
}

/** The central side of a site. */
export interface Hub extends PeopleDesk {
  /** Publish rules for every terminal; whether they make sense is for the caller to check. @throws LimenError `message.too-large`. */
  setRules(rules: object): Promise<{ readonly version: number; readonly published: boolean }>;
  /**
   * After a restore: go on above everything that the site has reached, so that terminals take it, and publish that.
   * `published` is `false` where it has to wait for the broker, or for the process that publishes.
   */
  resumeHistory(reached: Reached): Promise<Resumption & { readonly published: boolean }>;
  /** The rules in force; `null` where none were ever set. */
  rules(): Promise<PublishedRules | null>;
  /** Events of one terminal after `afterSeq`, oldest first. */
  events(query: { terminal: string; afterSeq?: number; limit?: number }): Promise<WireEvent[]>;
  /** Whether it is this process that publishes, and not another one with the same books. */
  readonly publishing: boolean;
  /** Every event once, when it is on the hub's disk. Returns the way to stop listening. */
  onEvent(listener: (event: WireEvent) => void): () => void;
  /** Changes keys, and revokes terminals. */
  readonly keys: KeyDesk;
  /** Which terminals there are. */
  readonly terminals: TerminalBooks;
  /** Messages from terminals that were refused since the start. */
  readonly refused: number;
  close(): Promise<void>;
}

/**
 * Start publishing and collecting.
 *
 * @throws LimenError `template.foreign-embedder` when people were enrolled with another embedder than `vision`'s.
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { site, link, store, vision, keys, clock, onNotice: notify = () => {} } = options;
  const limits: EnrolLimits = { maxTemplates: 5, calibration: null, ...options.enrolment };
  if (options.changingEmbedder !== true) await assertOneEmbedder(store, vision.model, notify);
  const listeners = new Set<(event: WireEvent) => void>();
  const serially = inOrder();
  const sealing = sealer(keys);
  const onEvent = (event: WireEvent) => {
    for (const listener of listeners) listener(event);
  };
  const books = terminalBooks(store.db);
  const freshKeys = () => keys.refresh();
  const terminals = terminalOpener(keys, books);
  const common = { site, store, clock, notify, sealer: sealing, freshKeys, terminals };
  const working = new Set<Promise<void>>();
  let closed = false;
  const later = (work: () => Promise<unknown>) => {
    if (closed) return;
    const done: Promise<void> = work()
      .then(() => {})
      .catch((error) => notify(noticeOf(error)))
      .finally(() => working.delete(done));
    working.add(done);
  };
  const desk: KeyDesk = keyDesk({
    ...{ site, link, books, clock, notify, sealer: sealing, keyring: keys },
    republish: () => publisher.republish(),
  });
  const collecting = options.collecting ?? 'alone';
  const shared = collecting === 'in-turn';
  const overtaking = overtakenWatch({ store, notify });
  const onStatus = (status: LivingStatus) => {
    later(() => desk.heard(status));
    later(() => overtaking(status));
  };
  const collector = collecting === 'no' ? null : await openCollector({ ...common, link, onEvent, onStatus, shared });
  const opening = opener(site, keys);
  const publisherOn = (over: Link) =>
    openPublisher({
      ...{ ...common, link: over, opener: opening, embedder: vision.model },
      headLifetimeMs: options.headLifetimeMs,
      ...(options.settleMs !== undefined && { settleMs: options.settleMs }),
    });
  const elected =
    options.election &&
    (await openElectedPublisher({
      ...options.election,
      ...{ site, link, store, notify, opener: opening, openPublisher: publisherOn },
    }));
  const publisher = elected ?? (await publisherOn(link));
  const goOn = () =>
    later(async () => {
      await desk.publish();
      if (!closed) await desk.advance();
    });
  const people = peopleDesk({
    site,
    store,
    vision,
    clock,
    limits,
    serially,
    publish: (record) => publisher.publish(record),
  });
  link.onState(({ online }) => {
    if (online) goOn();
  });
  const rosterWatch = await watchKept({
    ...{ link, timers: systemTimers, topic: topicsOf(site).roster },
    read: async (payload) => (await opening.roster(payload)).version,
    own: () => books.rosterVersion(),
    again: () => desk.publish(),
  });
  // A command beside this hub changes keys in its file, and leaves it to this hub to publish with them.
  const looking = watchKeys(keys, () => link.state.online && (elected?.seated ?? true) && goOn());

  return {
    ...people,
    setRules: (rules) =>
      serially(async () => {
        // AWS IoT carries 128 KB at most, and sealing makes it a third longer.
        assertSize(Buffer.from(JSON.stringify(rules)), 64 * 1024);
        const { version } = await addRules(store.db, rules, clock.now());
        return { version, published: await publisher.publishRules() };
      }),
    resumeHistory: (reached) =>
      serially(async () => {
        const resumed = await resumeHistory(store.db, reached, clock.now());
        const published = await publisher.resume();
        if (link.state.online) await desk.publish().catch((error) => notify(noticeOf(error)));
        return { ...resumed, published };
      }),
    rules: () => latestRules(store.db),
    events: async ({ terminal, afterSeq = 0, limit = 1000 }) => {
      const rows = await store.db
        .selectFrom('events')
        .select('row')
        .where('terminal', '=', terminal)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(({ row }) => JSON.parse(row) as WireEvent);
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keys: desk,
    terminals: books,
    get publishing() {
      return elected?.seated ?? true;
    },
    get refused() {
      return collector?.refused ?? 0;
    },
    close: async () => {
      closed = true;
      clearInterval(looking);
      await collector?.close();
      rosterWatch();
      await Promise.all(working);
      await desk.close();
      await publisher.close();
      await serially(async () => {});
    },
  };
}
