import type { Kysely } from 'kysely';
import { LimenError } from '../../domain/errors.ts';
import type { Delivery, Link } from '../../sync/link.ts';
import type { Status, WireEvent } from '../../sync/messages.ts';
import type { TerminalOpener } from '../../sync/terminal-envelope.ts';
import { topicsOf } from '../../sync/topics.ts';
import type { HubTables } from '../hub-schema.ts';
import { type Notify, noticeOf } from '../notice.ts';
import type { TerminalBooks } from '../terminal-books.ts';
import { bookedFacts } from './booked.ts';
import { discoveryOf } from './discovery.ts';
import { stateOf } from './state.ts';
import { everySet, homeAssistantTopics, terminalOfSet } from './topics.ts';

/** What Home Assistant may tell a lock to do. */
export type HomeAssistantVerb = 'lock' | 'unlock';

/** What a {@link HomeAssistantBridge} works with. */
export interface BridgeOptions {
  readonly site: string;
  readonly link: Link;
  readonly db: Kysely<HubTables>;
  readonly books: Pick<TerminalBooks, 'all'>;
  readonly terminals: TerminalOpener;
  readonly notify: Notify;
  /** Home Assistant's own; `homeassistant` unless it was told otherwise. */
  readonly prefix: string;
  /** Publish; otherwise take away what was published. */
  readonly enabled: boolean;
  /** Names of people go out, unencrypted. */
  readonly lastPerson: boolean;
  readonly commands: readonly HomeAssistantVerb[];
  /** Of several hub processes one speaks. */
  readonly publishing: () => boolean;
  readonly onEvent: (listener: (event: WireEvent) => void) => () => void;
  /** Sign a command and send it. Resolves with the answer's sentence, or `null` when it was done. */
  readonly command: (terminal: string, verb: HomeAssistantVerb) => Promise<string | null>;
}

/** Shows terminals to Home Assistant. */
export interface HomeAssistantBridge {
  close(): Promise<void>;
}

/** Statuses and events come in bursts; and the events of a burst are in the books a moment after its status. */
const gatherMs = 200;
const againMs = 1500;

/**
 * Publish every terminal as a device of Home Assistant, and obey what the configuration allows. What Home Assistant reads is
 * neither signed nor encrypted, and what it says is not signed: it never reaches a terminal, the hub asks in its own name.
 */
export async function openHomeAssistant(options: BridgeOptions): Promise<HomeAssistantBridge> {
  const { site, link, notify, enabled } = options;
  const topics = topicsOf(site);
  const statuses = new Map<string, Status>();
  const said = new Map<string, string>();
  const timers = new Set<NodeJS.Timeout>();
  const busy = new Set<string>();
  let closed = false;
  const later = (afterMs: number, work: () => Promise<void>) => {
    if (closed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!closed) work().catch((error) => !closed && notify(noticeOf(error)));
    }, afterMs);
    timers.add(timer);
  };
  const say = async (topic: string, payload: string) => {
    if (said.get(topic) === payload || !link.state.online) return;
    await link.publish(topic, payload, { retain: true });
    said.set(topic, payload);
  };
  const forget = async (terminal: string) => {
    const { set: _set, ...published } = homeAssistantTopics(site, terminal, options.prefix);
    for (const topic of Object.values(published)) await say(topic, '');
  };
  const show = async (terminal: string) => {
    if (!options.publishing()) return said.clear();
    const booked = (await options.books.all()).find(({ id }) => id === terminal);
    if (!enabled || booked === undefined || booked.revokedAt !== null) return forget(terminal);
    const at = homeAssistantTopics(site, terminal, options.prefix);
    const status = statuses.get(terminal);
    if (status === undefined) return;
    if (status.online) {
      const facts = await bookedFacts(options.db, terminal);
      const { prefix, lastPerson } = options;
      const has = { hasDoor: status.door !== null, hasContact: facts.hasContact };
      await say(
        at.discovery,
        JSON.stringify(discoveryOf({ site, terminal, prefix, software: status.software, ...has, lastPerson })),
      );
      await say(at.state, JSON.stringify(stateOf(status, facts)));
      const { lastGrant } = facts;
      const attributes = { last_person: lastGrant?.name ?? null, last_person_at: lastGrant?.at ?? null };
      await say(at.attributes, lastPerson ? JSON.stringify(attributes) : '');
    }
    await say(at.availability, status.online ? 'online' : 'offline');
  };
  const look = (terminal: string) => {
    if (!busy.has(terminal)) {
      busy.add(terminal);
      later(gatherMs, async () => {
        busy.delete(terminal);
        await show(terminal);
      });
    }
  };
  const heard = async ({ topic, payload }: Delivery) => {
    const meaning = topics.parse(topic);
    if (meaning?.kind !== 'status' || payload.byteLength === 0) return;
    // Who says nonsense is told of by the collector.
    const status = await options.terminals.status(payload, meaning.terminal).catch(() => null);
    if (status === null) return look(meaning.terminal);
    statuses.set(status.terminal, status);
    look(status.terminal);
    later(againMs, () => show(status.terminal));
  };
  const ordered = async ({ topic, payload, retained }: Delivery) => {
    const terminal = terminalOfSet(site, topic);
    if (terminal === null || payload.byteLength === 0 || !options.publishing()) return;
    const verb = verbOf(Buffer.from(payload).toString('latin1'));
    const allowed = verb !== null && enabled && options.commands.includes(verb);
    // What a broker kept is an order of yesterday.
    if (retained || !allowed || !statuses.get(terminal)?.online)
      return notify(noticeOf(declined(terminal, verb, retained), topic));
    const failure = await options.command(terminal, verb);
    if (failure !== null)
      notify(noticeOf(new LimenError('command.unanswered', `${terminal}, ${verb}: ${failure}`), topic));
  };
  const endings = [
    await link.subscribe(topics.everyStatus, (delivery) => void heard(delivery)),
    await link.subscribe(
      everySet(site),
      (delivery) => void ordered(delivery).catch((error) => notify(noticeOf(error))),
    ),
    options.onEvent(({ terminal }) => look(terminal)),
  ];
  link.onState(({ online }) => {
    // A broker that was restarted may have lost what it kept.
    if (online) said.clear();
    if (online)
      later(gatherMs, async () => {
        for (const { id } of await options.books.all()) look(id);
      });
  });
  return {
    close: async () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      for (const end of endings) end();
    },
  };
}

function verbOf(text: string): HomeAssistantVerb | null {
  return text === 'LOCK' ? 'lock' : text === 'UNLOCK' ? 'unlock' : null;
}

function declined(terminal: string, verb: HomeAssistantVerb | null, retained: boolean): LimenError {
  const what = verb === null ? 'something' : `"${verb}"`;
  if (retained)
    return new LimenError('command.retained', `Home Assistant's ${what} for ${terminal} was kept by the broker.`);
  return new LimenError('command.unknown', `Home Assistant asked ${terminal} for ${what}, and that is not obeyed.`, {
    hint: 'What it may ask for is in homeAssistant.commands, and the terminal has to be there.',
  });
}
