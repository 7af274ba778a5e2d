import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { isLimenError, LimenError } from '../domain/errors.ts';
import { genesisHash } from '../journal/chain.ts';
import { backOff } from '../sync/back-off.ts';
import type { Sealer } from '../sync/envelope.ts';
import type { Delivery, Link } from '../sync/link.ts';
import { type Ack, type WireEvent, wireFormat } from '../sync/messages.ts';
import type { TerminalOpener } from '../sync/terminal-envelope.ts';
import { sharedByHubs, topicsOf } from '../sync/topics.ts';
import { storeEvents } from './event-store.ts';
import type { HubStore } from './hub-store.ts';
import { behind, compare } from './lost-events.ts';
import { type Notify, noticeOf } from './notice.ts';
import { OtherJournals, type Refusal } from './other-journal.ts';
import type { LivingStatus } from './own-keys.ts';
import type { Reached } from './reached.ts';

/** What a {@link Collector} works with. */
export interface CollectorOptions {
  readonly site: string;
  readonly link: Link;
  readonly store: HubStore;
  readonly sealer: Sealer;
  /** Opens what terminals say: those that were provisioned, and not revoked. */
  readonly terminals: TerminalOpener;
  /** The keys may have been changed by another process: called before anything is opened or sealed. */
  readonly freshKeys: () => Promise<void>;
  /** A terminal says how it is, and which keys it holds. */
  readonly onStatus: (status: LivingStatus) => void;
  readonly clock: Clock;
  readonly notify: Notify;
  /** Other processes collect for the same books: the broker deals the events out among them. MQTT 5 only. */
  readonly shared?: boolean | undefined;
  /** Every event once, after it is on the disk. */
  readonly onEvent: (event: WireEvent) => void;
}

/** Takes the terminals' events in. */
export interface Collector {
  /** Messages that were refused since the start. */
  readonly refused: number;
  close(): Promise<void>;
}

/** Events per transaction, at most: one sync of the disk serves them all. */
const batchSize = 1000;
/** Events in memory, at most. What is dropped is not acknowledged, so it comes again. */
const maxWaiting = 10_000;

/**
 * Store what arrives on `terminal/+/event` and acknowledge it, retained, as far as it is without a hole. The broker's own
 * QoS ends before the event is stored, and nothing rests upon it: a terminal sends again until the hub has signed for it.
 */
export async function openCollector(options: CollectorOptions): Promise<Collector> {
  const { link, store, notify, clock } = options;
  const topics = topicsOf(options.site);
  const waiting: WireEvent[] = [];
  /** How far the books are as this process knows it: a sign of life every ten seconds must not cost a look into them. */
  const reachedOf = new Map<string, number>();
  const elsewhere = new OtherJournals();
  const turns = new Map<string, string>();
  /** Terminals that are known to have more than the books. */
  const lagging = new Set<string>();
  let refused = 0;
  let opening = 0;
  let opened: Promise<void> = Promise.resolve();
  let running: Promise<void> | null = null;
  const stop = new AbortController();

  const say = async (terminal: string, said: Pick<Ack, 'seq' | 'hash' | 'resend' | 'anew'>) => {
    const turn = turns.get(terminal);
    const about = { format: wireFormat, site: options.site, terminal } as const;
    const ack = await options.sealer.ack({ ...about, ...said, ...(turn !== undefined && { turn }) });
    await link.publish(topics.ack(terminal), ack, { retain: true });
  };

  const acknowledge = async ({ terminal, seq, hash }: Reached) => {
    reachedOf.set(terminal, seq);
    if (seq > 0 && hash !== '') await say(terminal, { seq, hash });
  };

  /** What is stored before it counts; the rest is to come again under numbers that are free. */
  const refer = async ({ event, before, above }: Refusal) => {
    const anew = { from: event.seq, hash: event.hash, above };
    await say(event.terminal, { ...before, anew });
  };

  /**
   * A database that is away for a while (a restart), or whose disk is full, is waited for: what came meanwhile stays here,
   * as far as there is room.
   */
  const stored = async (batch: readonly WireEvent[]) => {
    const waits = backOff({ firstMs: 250, mostMs: 5000 });
    for (let attempt = 1; ; attempt++) {
      try {
        return await storeEvents(store.db, batch, clock.now(), elsewhere);
      } catch (error) {
        if (!isLimenError(error, 'store.lost') && !isLimenError(error, 'disk.full')) throw error;
        if (attempt === 1) notify(noticeOf(error));
        await wait(waits.nextMs(), null, { signal: stop.signal });
      }
    }
  };

  const drain = async () => {
    while (waiting.length > 0 && !stop.signal.aborted) {
      const { fresh, reached, refusals, notices } = await stored(waiting.splice(0, batchSize));
      for (const notice of notices) notify(notice);
      for (const event of fresh) options.onEvent(event);
      // An acknowledgement that is lost is made again when the events are sent again.
      const isRefused = ({ terminal }: Reached) => refusals.some(({ event }) => event.terminal === terminal);
      const accepted = reached.filter((one) => !isRefused(one));
      await Promise.all([...accepted.map(acknowledge), ...refusals.map(refer)]).catch(() => {});
    }
  };

  const wake = () => {
    running ??= drain()
      .catch((error) => {
        if (!stop.signal.aborted) notify(noticeOf(error));
      })
      .finally(() => {
        running = null;
      });
  };

  const refuse = (error: unknown, topic: string) => {
    if (stop.signal.aborted) return;
    refused++;
    notify(noticeOf(error, topic));
  };

  const guarded = (take: (delivery: Delivery, terminal: string) => void) => (delivery: Delivery) => {
    const meaning = topics.parse(delivery.topic);
    if (meaning === null || !('terminal' in meaning))
      return refuse(new LimenError('message.invalid', 'The topic names no terminal.'), delivery.topic);
    take(delivery, meaning.terminal);
  };

  /** Opened several at a time, and taken in the order in which they came. */
  const takeEvent = ({ payload, topic }: Delivery, terminal: string) => {
    if (opening + waiting.length >= maxWaiting) return;
    opening++;
    const event = options.freshKeys().then(() => options.terminals.event(payload, terminal));
    event.catch(() => {});
    opened = opened
      .then(async () => {
        waiting.push(await event);
        wake();
      })
      .catch((error) => refuse(error, topic))
      .finally(() => {
        opening--;
      });
  };

  /** What was lost with the books is asked for with every status, until the terminal has begun to send it again. */
  const holdAgainst = async ({ terminal, journal }: LivingStatus) => {
    const { turn } = journal;
    const turnBefore = turns.get(terminal) ?? turn;
    if (turn !== undefined) turns.set(terminal, turn);
    const standing = { terminal, ...journal };
    if (turn === turnBefore && standing.acknowledgedSeq <= (reachedOf.get(terminal) ?? 0)) return;
    const { reached, isBehind, notices } = await compare(store.db, standing);
    for (const notice of notices) notify(notice);
    if (isBehind && !lagging.has(terminal)) notify(behind(standing, reached));
    if (isBehind) lagging.add(terminal);
    else lagging.delete(terminal);
    // Retained, so that it takes the place of what was acknowledged before the loss.
    const asking = { seq: reached.seq, hash: reached.hash || genesisHash, resend: true } as const;
    const said = isBehind && turn !== undefined ? say(terminal, asking) : acknowledge(reached);
    // One that is lost is made again with the next status, or when the events are sent again.
    await said.catch(() => {});
  };

  const takeStatus = ({ payload, topic }: Delivery, terminal: string) => {
    if (payload.byteLength === 0) return;
    const take = async () => {
      const status = await options.terminals.status(payload, terminal);
      if (!status.online || stop.signal.aborted) return;
      options.onStatus(status);
      await holdAgainst(status).catch((error) => notify(noticeOf(error)));
    };
    take().catch((error) => refuse(error, topic));
  };

  await link.subscribe(topics.everyStatus, guarded(takeStatus));
  const events = topics.everyEvent;
  await link.subscribe(options.shared ? sharedByHubs(events) : events, guarded(takeEvent));
  return {
    get refused() {
      return refused;
    },
    close: async () => {
      stop.abort();
      await opened;
      await running;
    },
  };
}
