import type { Clock } from '../domain/clock.ts';
import type { HubKeyring } from '../hub/hub-keyring.ts';
import type { HubState } from '../hub/hub-store.ts';
import type { BookedTerminal, TerminalBooks } from '../hub/terminal-books.ts';
import { Closers } from '../runtime/closers.ts';
import type { Delivery, Link } from '../sync/link.ts';
import type { Status } from '../sync/messages.ts';
import { terminalOpener } from '../sync/terminal-envelope.ts';
import { topicsOf } from '../sync/topics.ts';
import type { Heard, TerminalView } from './answers/terminals.ts';
import { galleryWorries, worriesOf } from './worries.ts';

/** What a {@link Fleet} is built from. */
export interface FleetOptions {
  readonly site: string;
  readonly link: Link;
  readonly clock: Clock;
  readonly keyring: HubKeyring;
  readonly books: TerminalBooks;
  /** Of the hub's gallery. */
  readonly history: () => Promise<HubState>;
  readonly onChange: (views: readonly TerminalView[]) => void;
  /** A terminal has said how it does, which it does every 10 s. */
  readonly onHeard: (terminal: string, heard: Heard) => void;
}

/** Every terminal of the site as it is now. */
export interface Fleet {
  views(): TerminalView[];
  /** Look into the books again: somebody was provisioned or revoked. */
  refresh(): Promise<void>;
  close(): void;
}

type Present = Extract<Status, { online: true }>;

interface Last {
  readonly status: Present;
  readonly heard: Heard;
  readonly online: boolean;
  readonly atMs: number;
}

/** A terminal says how it is every 10 s; one that misses three of them is not there, whatever the broker keeps. */
const silentMs = 35_000;
/** What another process changed in the books, and who has fallen silent, is seen this soon. */
const lookEveryMs = 2000;

/** Listen to the terminals' statuses; the broker hands out those that it keeps. */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { site, link, clock, keyring, books } = options;
  const topics = topicsOf(site);
  const terminals = terminalOpener(keyring, books);
  const last = new Map<string, Last>();
  let booked: readonly BookedTerminal[] = [];
  let history: HubState = { lineage: '', version: 0 };
  let said = '';

  const views = () =>
    booked.map((one): TerminalView => {
      const said = last.get(one.id);
      const isHere = said?.online === true && clock.monotonicMs() - said.atMs < silentMs;
      return {
        ...{ id: one.id, provisionedAt: one.provisionedAt, revokedAt: one.revokedAt },
        headVersion: history.version,
        presence: isHere ? 'online' : said === undefined ? 'unknown' : 'offline',
        status: said === undefined ? null : statusOf(said.status),
        heard: said?.heard ?? null,
        worries: isHere ? [...galleryWorries(said.status, history), ...worriesOf(said.heard, said.status)] : [],
        toHub: null,
        holdsKeys: one.held.sequence >= keyring.document.sequence,
      };
    });
  const tell = () => {
    // A status comes every 10 s from everybody; its time and its numbers alone are no news.
    const here = views();
    const now = JSON.stringify(here, (key, value) => (key === 'heard' ? undefined : value));
    if (now === said) return;
    said = now;
    options.onChange(here);
  };
  const take = async ({ payload, retained }: Delivery, terminal: string) => {
    const status = await terminals.status(payload, terminal);
    const before = last.get(terminal);
    if (status.online) {
      const { at, vitals = null } = status;
      const clockAheadMs = retained ? null : Date.parse(at) - clock.now().getTime();
      const heard = { at, clockAheadMs, vitals };
      last.set(terminal, { status, heard, online: true, atMs: clock.monotonicMs() });
      options.onHeard(terminal, heard);
      // A change that was made a moment ago is there before the next look into the books.
      if (galleryWorries(status, history).length > 0) history = await options.history();
    } else if (before?.status.session === status.session) last.set(terminal, { ...before, online: false });
    tell();
  };
  const refresh = async () => {
    [booked, history] = await Promise.all([books.all(), options.history()]);
    tell();
  };

  const closers = new Closers();
  closers.add(
    await link.subscribe(topics.everyStatus, (delivery) => {
      const meaning = topics.parse(delivery.topic);
      if (meaning?.kind !== 'status' || delivery.payload.byteLength === 0) return;
      // Who says nonsense is told of by the hub's collector.
      take(delivery, meaning.terminal).catch(() => {});
    }),
  );
  await refresh();
  // A database that is away is told of by whoever needs it next.
  const looking = setInterval(() => void refresh().catch(() => {}), lookEveryMs).unref();
  closers.add(() => clearInterval(looking));
  return { views, refresh, close: () => void closers.closeAll() };
}

function statusOf({ since, software, pack, clock, door, lockdown, gallery, journal }: Present): TerminalView['status'] {
  const waitingEvents = Math.max(0, journal.lastSeq - journal.acknowledgedSeq);
  return {
    since,
    software,
    pack,
    clock,
    door,
    // An older terminal says so in the state of its door only.
    lockdown: lockdown ?? door === 'lockdown',
    galleryVersion: gallery.version,
    people: gallery.people,
    waitingEvents,
  };
}
