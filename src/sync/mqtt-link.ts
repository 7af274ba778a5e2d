import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { LimenError, messageOf } from '../domain/errors.ts';
import { backOff } from './back-off.ts';
import { brokerFault } from './broker-fault.ts';
import { limitIncoming } from './incoming-limit.ts';
import type { Delivery, Link, LinkState, PublishOptions } from './link.ts';
import { filterLevels } from './topics.ts';

/** How to reach a broker. TLS material is PEM text. */
export interface MqttLinkOptions {
  readonly url: string;
  readonly clientId: string;
  readonly protocol?: '3.1.1' | '5';
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** What the broker publishes, retained, when this side falls silent. */
  readonly will?: { readonly topic: string; readonly payload: string } | undefined;
  readonly reconnect?: { readonly firstMs: number; readonly mostMs: number };
  readonly keepaliveS?: number;
  /** How long the broker may take to acknowledge something before the connection is given up and made again. */
  readonly ackTimeoutMs?: number;
  /**
   * Asked before every attempt: what may have been renewed meanwhile, such as a certificate. What it throws is the
   * reason why there is no connection.
   */
  readonly renew?: () => Promise<Partial<MqttLinkOptions>>;
  /**
   * The broker forgets this client with the connection. For who shares a subscription: a broker goes on dealing messages
   * to a session that it keeps, also when nobody will come back for them.
   */
  readonly forgotten?: boolean;
}

/** How long a 5.0 broker keeps what is in flight for us. 3.1.1 has no expiry: there, a session would be kept for ever. */
const sessionExpiryS = 600;

type Handler = (delivery: Delivery) => void;

/** A {@link Link} that can be told to begin anew. */
export interface MqttLink extends Link {
  /** Take leave of the broker and connect again, with what `renew` says now: a last will cannot be changed otherwise. */
  reconnect(): void;
}

/**
 * A {@link Link} on mqtt.js. Returns at once: it connects, and connects again for ever, behind the caller's back.
 *
 * Every attempt is a fresh mqtt.js client, because its own reconnect has a fixed period (a site's terminals would all
 * return at once) and resends what the caller was already told is lost.
 */
export function openMqttLink(options: MqttLinkOptions): MqttLink {
  const handlers = new Map<
    string,
    { readonly covers: ReturnType<typeof filterLevels>; readonly those: Set<Handler> }
  >();
  const listeners = new Set<(state: LinkState) => void>();
  const inFlight = new Set<(reason: string) => void>();
  const { ackTimeoutMs = 60_000 } = options;
  /** Ended while the broker was away: where it keeps a session, it still has them. */
  const ended = new Set<string>();
  const waits = backOff(options.reconnect ?? { firstMs: 500, mostMs: 60_000 });
  let state: LinkState = { online: false, reason: 'not connected yet' };
  let client: MqttClient | null = null;
  let timer: NodeJS.Timeout | undefined;
  let url = withoutSecrets(options.url);
  let closed = false;

  const become = (next: LinkState) => {
    if (next.online === state.online && next.online) return;
    const changed = next.online !== state.online || (!next.online && !state.online && next.reason !== state.reason);
    state = next;
    if (changed) for (const listener of listeners) listener(state);
  };

  const later = (reason: string) => {
    become({ online: false, reason });
    if (!closed) timer = setTimeout(begin, waits.nextMs());
  };

  const begin = () => {
    const renewing = options.renew?.();
    if (renewing === undefined) return attempt(options);
    renewing.then(
      (renewed) => !closed && attempt({ ...options, ...renewed }),
      (error) => later(messageOf(error)),
    );
  };

  const attempt = (present: MqttLinkOptions) => {
    const current = open(present);
    url = withoutSecrets(present.url);
    let reason = 'the broker closed the connection';
    client = current;
    current.on('connect', () => {
      waits.reset();
      const giveUp = impatience(current, ackTimeoutMs);
      current.once('close', () => clearTimeout(giveUp));
      for (const filter of ended) unsubscribe(current, filter);
      ended.clear();
      subscribeAll(current, [...handlers.keys()]).then(
        () => {
          clearTimeout(giveUp);
          if (client === current && current.connected) become({ online: true });
        },
        (error) => {
          // Where the connection ended first, that has its own reason.
          if (current.disconnecting) return;
          reason = messageOf(error);
          current.end(true);
        },
      );
    });
    current.on('message', (topic, payload, { retain }) => {
      const delivery = { topic, payload, retained: retain };
      const levels = topic.split('/');
      for (const { covers, those } of handlers.values()) {
        if (covers(levels)) for (const handle of those) handle(delivery);
      }
    });
    current.on('error', (error) => {
      reason = brokerFault(error);
      current.end(true);
    });
    current.on('disconnect', ({ reasonCode }) => {
      reason = `the broker ended the connection (reason ${reasonCode})`;
    });
    current.once('close', () => {
      if (client !== current) return;
      client = null;
      current.end(true);
      for (const lose of [...inFlight]) lose(reason);
      later(reason);
    });
  };

  const withClient = (what: string, run: (current: MqttClient, done: (error?: unknown) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      const current = client;
      if (current === null || !current.connected) return reject(lost(url, what, reasonOf(state)));
      const giveUp = impatience(current, ackTimeoutMs);
      const lose = (reason: string) => {
        clearTimeout(giveUp);
        inFlight.delete(lose);
        reject(lost(url, what, reason));
      };
      inFlight.add(lose);
      run(current, (error) => {
        if (error !== undefined && error !== null) return lose(messageOf(error));
        clearTimeout(giveUp);
        inFlight.delete(lose);
        resolve();
      });
    });

  begin();
  return {
    get url() {
      return url;
    },
    get state() {
      return state;
    },
    publish: (topic, payload, publishing: PublishOptions = {}) => {
      const body = typeof payload === 'string' ? payload : Buffer.from(payload);
      const how = { qos: publishing.qos ?? 1, retain: publishing.retain ?? false } as const;
      return withClient(`a message to ${topic}`, (current, done) => current.publish(topic, body, how, done));
    },
    subscribe: async (filter, onDelivery) => {
      const known = handlers.get(filter) ?? { covers: filterLevels(filter), those: new Set<Handler>() };
      handlers.set(filter, known);
      known.those.add(onDelivery);
      // Not connected is no failure: the subscription is made with the connection. A second handler on a filter asks
      // again as well, because only a new SUBSCRIBE brings the retained messages.
      const current = client;
      ended.delete(filter);
      if (current?.connected) await subscribeAll(current, [filter]).catch(() => current.end(true));
      return () => {
        const remaining = handlers.get(filter)?.those;
        if (remaining?.delete(onDelivery) !== true || remaining.size > 0) return;
        handlers.delete(filter);
        if (client?.connected) unsubscribe(client, filter);
        else ended.add(filter);
      };
    },
    refresh: async () => {
      const current = client;
      if (current?.connected) await subscribeAll(current, [...handlers.keys()]).catch(() => current.end(true));
    },
    onState: (listener) => {
      listeners.add(listener);
      listener(state);
    },
    reconnect: () => {
      const current = client;
      if (current?.connected) void end(current).then(() => current.stream.destroy());
      // Being made, with what was true before.
      else current?.end(true);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const current = client;
      client = null;
      for (const lose of [...inFlight]) lose('the link was closed');
      if (current !== null) await end(current);
      become({ online: false, reason: 'closed' });
      listeners.clear();
    },
  };
}

function open(options: MqttLinkOptions): MqttClient {
  const five = options.protocol === '5';
  const kept = five && options.forgotten !== true;
  const settings: IClientOptions = {
    clientId: options.clientId,
    protocolVersion: five ? 5 : 4,
    clean: !kept,
    ...(kept && { properties: { sessionExpiryInterval: sessionExpiryS } }),
    ...(options.username !== undefined && { username: options.username }),
    ...(options.password !== undefined && { password: options.password }),
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.cert !== undefined && { cert: options.cert }),
    ...(options.key !== undefined && { key: options.key }),
    ...(options.will && {
      will: { ...options.will, payload: Buffer.from(options.will.payload), qos: 1, retain: true },
    }),
    keepalive: options.keepaliveS ?? 30,
    reconnectPeriod: 0,
    connectTimeout: 15_000,
    resubscribe: false,
    queueQoSZero: false,
    manualConnect: true,
  };
  const client = connect(options.url, settings);
  limitIncoming(client);
  client.connect();
  return client;
}

async function subscribeAll(client: MqttClient, filters: readonly string[]): Promise<void> {
  if (filters.length === 0) return;
  const granted = await client.subscribeAsync([...filters], { qos: 1 });
  const refused = granted.find(({ qos }) => qos >= 128);
  if (refused !== undefined) throw new Error(`the broker refuses the subscription to ${refused.topic}`);
}

/** A broker that takes what it is sent and never says so looks like a good one, and would be waited for without end. */
function impatience(client: MqttClient, withinMs: number): NodeJS.Timeout {
  const silent = new Error(`the broker has acknowledged nothing for ${withinMs / 1000} s`);
  return setTimeout(() => client.emit('error', silent), withinMs);
}

/** What still comes on the filter meets no handler; a connection that breaks meanwhile ends it as well. */
function unsubscribe(client: MqttClient, filter: string): void {
  client.unsubscribeAsync(filter).catch(() => {});
}

/** A clean goodbye, so that no last will goes out; not waited for longer than a moment when the broker hangs. */
function end(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => client.end(true, () => resolve()), 2000);
    client.end(!client.connected, () => {
      clearTimeout(giveUp);
      resolve();
    });
  });
}

function reasonOf(state: LinkState): string {
  return state.online ? 'the connection is being made' : state.reason;
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

function lost(url: string, what: string, reason: string): LimenError {
  return new LimenError('broker.lost', `The broker ${withoutSecrets(url)} did not take ${what}: ${reason}.`, {
    hint: 'limen keeps trying; check the network and the broker.',
  });
}
