import { join } from 'node:path';
import { ulid } from 'ulid';
import type { Clock } from '../../src/domain/clock.ts';
import type { Occurrence } from '../../src/domain/event.ts';
import type { Door } from '../../src/door/door.ts';
import { type CommandDesk, openCommandDesk } from '../../src/sync/command-desk.ts';
import type { CommandVerb } from '../../src/sync/command-judge.ts';
import type { Command, CommandResult } from '../../src/sync/command-messages.ts';
import { opener, sealer } from '../../src/sync/envelope.ts';
import type { Delivery, Link } from '../../src/sync/link.ts';
import { wireFormat } from '../../src/sync/messages.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { terminalVerbs } from '../../src/terminal-commands.ts';
import type { SiteKeys } from './keys.ts';

/** The verbs of a terminal with a door, their rules as they are, but what they do is told to `act`. */
export function watchedVerbs(act: (verb: string, command: Command) => Promise<void> | void) {
  const rules = terminalVerbs({
    door: {} as Door,
    health: async () => ({}),
    resetPassback: () => {},
    capture: async () => [],
    reload: async () => ({}),
    renewKeys: () => Promise.reject(new Error('no keys')),
  });
  const watched = ([name, verb]: [string, CommandVerb]): [string, CommandVerb] => {
    const run = async (command: Command) => {
      await act(name, command);
      return { did: name };
    };
    return [name, { ...verb, run }];
  };
  return Object.fromEntries(Object.entries(rules).map(watched));
}

/** A clock that a test turns. `wallMs` may differ from the truth; `monotonic` never steps. */
export class TurnedClock implements Clock {
  nowMs = Date.parse('2026-03-01T08:00:00.000Z');
  elapsedMs = 0;
  synced = true;
  now = () => new Date(this.nowMs);
  monotonicMs = () => this.elapsedMs;
  quality = () => (this.synced ? 'synced' : 'unsynced') as 'synced' | 'unsynced';
  pass(ms: number): void {
    this.nowMs += ms;
    this.elapsedMs += ms;
  }
}

/** A terminal's desk whose broker is the test itself. */
export class DeskBench {
  readonly keys: SiteKeys;
  readonly folder: string;
  readonly terminal: string;
  readonly clock: TurnedClock;
  readonly acts: { readonly verb: string; readonly id: string }[] = [];
  readonly events: Occurrence[] = [];
  readonly results: CommandResult[] = [];
  /** The journal, while it writes: throws for a full disk, lets time pass for a slow one. */
  onJournal: () => void = () => {};
  /** What a verb does besides being noted. */
  onAct: (verb: string, command: Command) => Promise<void> | void = () => {};
  #desk: CommandDesk | null = null;
  #deliver: (delivery: Delivery) => void = () => {};

  constructor(options: { keys: SiteKeys; folder: string; terminal?: string; clock?: TurnedClock }) {
    this.keys = options.keys;
    this.folder = options.folder;
    this.terminal = options.terminal ?? 'door-1';
    this.clock = options.clock ?? new TurnedClock();
  }

  get memoryFile(): string {
    return join(this.folder, `${this.terminal}.state`);
  }

  async start(): Promise<this> {
    this.#desk = await openCommandDesk({
      ...{ site: 'plant', terminal: this.terminal, clock: this.clock, memoryFile: this.memoryFile },
      link: this.#link(),
      opener: opener('plant', await this.keys.terminal(this.terminal)),
      sealer: await this.keys.sealer(this.terminal),
      report: (occurrence) => {
        this.onJournal();
        this.events.push(occurrence);
      },
      verbs: watchedVerbs((verb, command) => {
        this.acts.push({ verb, id: command.id });
        return this.onAct(verb, command);
      }),
    });
    return this;
  }

  /** The process ends and starts again; what was only in memory is gone. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#desk?.close();
    this.#desk = null;
  }

  /** Hand a payload to the terminal and wait until it has done with it. */
  async deliver(payload: string | Uint8Array, how: { retained?: boolean } = {}): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const topic = topicsOf('plant').command(this.terminal);
    this.#deliver({ topic, payload: bytes, retained: how.retained ?? false });
    await this.#desk?.settled();
  }

  /** The same without waiting, as a broker does it. */
  throwAt(payload: string): void {
    const topic = topicsOf('plant').command(this.terminal);
    this.#deliver({ topic, payload: Buffer.from(payload), retained: false });
  }

  codes(): string[] {
    return this.events.flatMap((event) => (event.kind === 'command.refused' ? [event.body.code] : []));
  }

  #link(): Link {
    return {
      url: 'mqtt://hostile',
      state: { online: true },
      publish: async (_topic, payload) => {
        this.results.push(await this.keys.opener.result(Buffer.from(payload), this.terminal));
      },
      subscribe: async (_filter, onDelivery) => {
        this.#deliver = onDelivery;
        return () => {};
      },
      refresh: async () => {},
      onState: () => {},
      close: async () => {},
    };
  }
}

/** A hub that issues commands with ids that count up. */
export class Issuer {
  readonly #keys: SiteKeys;
  readonly #clock: Clock;
  #lastMs = 0;

  constructor(keys: SiteKeys, clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  async issue(verb: string, more: Partial<Command> & { lifetimeMs?: number } = {}): Promise<Issued> {
    const { lifetimeMs = 10_000, ...rest } = more;
    const nowMs = this.#clock.now().getTime();
    this.#lastMs = Math.max(nowMs, this.#lastMs + 1);
    const command: Command = {
      ...{ format: wireFormat, site: 'plant', id: ulid(this.#lastMs), audience: 'door-1', verb, reason: 'a test' },
      ...{ issuer: 'tester', challenge: null },
      issuedAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + lifetimeMs).toISOString(),
      ...rest,
    };
    return { command, sealed: await sealer(this.#keys.hub).command(command) };
  }
}

export interface Issued {
  readonly command: Command;
  readonly sealed: string;
}
