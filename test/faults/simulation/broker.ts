import type { Delivery } from '../../../src/sync/link.ts';
import { filterMatches } from '../../../src/sync/topics.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the network and the broker may do to messages, each in percent. All zero: they are faithful. */
export interface Weather {
  /** Lost on its way to the broker: no answer comes, and the connection ends some time later. */
  readonly lost: number;
  /** The broker has it, its answer is lost, and the connection ends some time later. */
  readonly unanswered: number;
  /** Of what is handed out: dropped, for instance because a queue is full. */
  readonly dropped: number;
  readonly doubled: number;
  /** The longest delay of one message, ms: later ones overtake it. */
  readonly mostDelayMs: number;
}

export const fairWeather: Weather = { lost: 0, unanswered: 0, dropped: 0, doubled: 0, mostDelayMs: 5 };

/** A client's end of a connection. */
export interface Client {
  readonly id: string;
  deliver(delivery: Delivery): void;
  /** The connection is gone. */
  lost(reason: string): void;
}

interface Session {
  readonly filters: Set<string>;
  client: Client | null;
  /** For who is away; only where the broker keeps sessions. */
  readonly queue: Delivery[];
}

const mostQueued = 100;

/** A broker in memory, as MQTT describes it: retained messages, subscriptions, sessions, one connection per client id. */
export class SimulatedBroker {
  weather: Weather = fairWeather;
  up = true;
  /** Clients whose network cable is pulled out; who is connected stays so until {@link cut}. */
  readonly unreachable = new Set<string>();
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #keepsSessions: boolean;
  #retained = new Map<string, Uint8Array>();
  /** What its disk holds: brokers write it now and then, not with every message. */
  #saved = new Map<string, Uint8Array>();
  readonly #sessions = new Map<string, Session>();
  messages = 0;

  constructor({ time, chance, keepsSessions }: { time: VirtualTime; chance: Chance; keepsSessions: boolean }) {
    this.#time = time;
    this.#chance = chance;
    this.#keepsSessions = keepsSessions;
  }

  connect(client: Client): boolean {
    if (!this.up || this.unreachable.has(client.id)) return false;
    const session = this.#sessionOf(client.id);
    session.client?.lost('another client has taken this id');
    session.client = client;
    if (!this.#keepsSessions) session.filters.clear();
    for (const delivery of session.queue.splice(0)) this.#send(client, delivery);
    return true;
  }

  disconnect(client: Client): void {
    const session = this.#sessions.get(client.id);
    if (session?.client === client) session.client = null;
  }

  subscribe(client: Client, filter: string): void {
    if (!this.#isConnected(client)) return;
    this.#sessionOf(client.id).filters.add(filter);
    for (const [topic, payload] of this.#retained) {
      if (filterMatches(filter, topic)) this.#send(client, { topic, payload, retained: true });
    }
  }

  unsubscribe(client: Client, filter: string): void {
    if (this.#isConnected(client)) this.#sessionOf(client.id).filters.delete(filter);
  }

  publish(topic: string, payload: Uint8Array, retain: boolean): void {
    this.messages++;
    if (retain && payload.byteLength === 0) this.#retained.delete(topic);
    else if (retain) this.#retained.set(topic, payload);
    const delivery = { topic, payload, retained: false };
    for (const session of this.#sessions.values()) {
      if (![...session.filters].some((filter) => filterMatches(filter, topic))) continue;
      if (session.client !== null) this.#send(session.client, delivery);
      else if (this.#keepsSessions && session.queue.length < mostQueued) session.queue.push(delivery);
    }
  }

  /** Write what is retained to the disk. */
  save(): void {
    this.#saved = new Map(this.#retained);
  }

  /** SIGKILL. What comes back is what it saved last, or nothing. */
  kill(losesAll: boolean): void {
    this.up = false;
    this.#retained = losesAll ? new Map() : new Map(this.#saved);
    const clients = [...this.#sessions.values()].flatMap(({ client }) => (client === null ? [] : [client]));
    this.#sessions.clear();
    for (const client of clients) client.lost('the broker is gone');
  }

  /** End the connections of some clients; a network does. */
  cut(which: (id: string) => boolean): void {
    for (const [id, { client }] of this.#sessions) if (client !== null && which(id)) client.lost('the network is gone');
  }

  /** Run it when a message that is sent now arrives, if the broker is there then. */
  later(run: () => void): void {
    this.#time.after(this.delayMs(), () => this.up && run());
  }

  delayMs(): number {
    return this.#chance.between(0, this.weather.mostDelayMs);
  }

  #sessionOf(id: string): Session {
    const session = this.#sessions.get(id) ?? { filters: new Set(), client: null, queue: [] };
    this.#sessions.set(id, session);
    return session;
  }

  #isConnected(client: Client): boolean {
    return this.#sessions.get(client.id)?.client === client;
  }

  #send(client: Client, delivery: Delivery): void {
    if (this.#chance.percent(this.weather.dropped)) return;
    const times = this.#chance.percent(this.weather.doubled) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.#time.after(this.delayMs(), () => this.#isConnected(client) && client.deliver(delivery));
    }
  }
}
