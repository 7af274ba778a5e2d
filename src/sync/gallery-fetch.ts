import type { Timers } from '../domain/timers.ts';
import { systemTimers } from '../runtime/timers.ts';
import type { Delivery, Link } from './link.ts';
import { incomplete, lackingIn, type ReplicaState } from './replica-state.ts';
import type { Topics } from './topics.ts';

/** Gets what the broker keeps and this terminal lacks. */
export interface GalleryFetcher {
  /** Something was learned: see soon whether something else is to be fetched. */
  progressed(): void;
  /** Fetch nothing more, until there is progress again. */
  stop(): void;
}

export interface GalleryFetcherOptions {
  readonly link: Link;
  readonly topics: Topics;
  readonly stateNow: () => ReplicaState;
  readonly onDelivery: (delivery: Delivery) => void;
  readonly timers?: Timers | undefined;
}

/**
 * A change that comes by itself is followed by its head within a moment; only what is still missing then is fetched.
 * While something is being fetched there is nothing to wait for.
 */
const patienceMs = 150;
const nextMs = 20;

/** Lists that are asked for at once. */
const mostLists = 32;
/**
 * Records that are asked for at once. Mosquitto throws away what it has to queue for one client beyond 1000 messages,
 * kept ones included; half of it leaves room for what is published meanwhile.
 */
const mostRecords = 500;
/** Records that are asked for and not in the gallery yet: opening them takes longer than fetching them. */
const mostUnopened = 2000;
/** Of one bucket, this many people are asked for one by one; more, and the bucket is asked for whole. */
const mostSingle = 8;

/** What is being fetched: the list of a bucket, or records of it. */
interface Fetch {
  readonly what: 'list' | 'records';
  /** How many messages are still to come, about. */
  left: number;
  readonly end: () => void;
}

/**
 * Subscriptions that last until what they are for is here: first the lists of the buckets that differ from the head, then
 * the people who are missing by those lists. So a terminal that comes back has the broker send it what changed, and not
 * everything, whatever version of MQTT it speaks.
 */
export function galleryFetcher(options: GalleryFetcherOptions): GalleryFetcher {
  const { link, topics, stateNow, onDelivery, timers = systemTimers } = options;
  const fetches = new Map<string, Fetch>();
  let callOff: (() => void) | undefined;

  const begin = (bucket: string, { what, left }: Omit<Fetch, 'end'>, filters: readonly string[]) => {
    const end = () => {
      fetches.delete(bucket);
      for (const ending of endings) ending.then((done) => done()).catch(() => {});
    };
    const fetch: Fetch = { what, left, end };
    fetches.set(bucket, fetch);
    const deliver = (delivery: Delivery) => {
      if (fetch.left > 0) fetch.left--;
      onDelivery(delivery);
    };
    const endings = filters.map((filter) => link.subscribe(filter, deliver));
  };

  const look = () => {
    callOff = undefined;
    const state = stateNow();
    const open = new Map(incomplete(state).map((one) => [one.bucket, one]));
    for (const [bucket, { what, end }] of [...fetches]) {
      const lacking = open.get(bucket)?.lacking;
      if (lacking === undefined || what !== (lacking === null ? 'list' : 'records')) end();
    }
    let [lists, records, unopened] = [0, 0, 0];
    for (const [bucket, { what, left }] of fetches) {
      if (what === 'list') lists++;
      else records += left;
      unopened += open.get(bucket)?.lacking ?? 0;
    }
    for (const { bucket, lacking, of } of open.values()) {
      if (fetches.has(bucket) || lacking === 0) continue;
      if (lacking === null) {
        if (lists++ < mostLists) begin(bucket, { what: 'list', left: 1 }, [topics.list(bucket)]);
        continue;
      }
      const left = lacking > mostSingle ? of : lacking;
      if (unopened > 0 && (records + left > mostRecords || unopened + lacking > mostUnopened)) continue;
      records += left;
      unopened += lacking;
      const whole = lacking > mostSingle;
      const filters = whole ? [topics.everyoneIn(bucket)] : lackingIn(state, bucket).map((id) => topics.person(id));
      begin(bucket, { what: 'records', left }, filters);
    }
  };

  return {
    progressed: () => {
      callOff ??= timers.after(fetches.size > 0 ? nextMs : patienceMs, look);
    },
    stop: () => {
      callOff?.();
      callOff = undefined;
      for (const { end } of [...fetches.values()]) end();
    },
  };
}
