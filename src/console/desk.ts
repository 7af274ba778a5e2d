import { join } from 'node:path';
import type { HubConfig } from '../config/schema.ts';
import type { Clock } from '../domain/clock.ts';
import type { Hub } from '../hub/hub.ts';
import type { HubKeyring } from '../hub/hub-keyring.ts';
import type { HubStore } from '../hub/hub-store.ts';
import { Closers } from '../runtime/closers.ts';
import type { Logger } from '../runtime/logger.ts';
import { systemTimers } from '../runtime/timers.ts';
import type { Link } from '../sync/link.ts';
import { EventStream } from '../web/event-stream.ts';
import { accountChanges } from './account-changes.ts';
import { accountBook } from './accounts.ts';
import type { LiveMessage } from './answers/live.ts';
import { auditBook } from './audit.ts';
import { begunDeeds } from './begun-deeds.ts';
import type { CommonDesk } from './common-desk.ts';
import { hubEvents } from './event-book.ts';
import { watchEvents } from './event-watch.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { type ImportDesk, openImportDesk } from './import-desk.ts';
import { hubPeople } from './people-list.ts';
import { type PictureTray, pictureTray } from './picture-tray.ts';
import { atHub } from './place.ts';
import { refusals } from './refusals.ts';
import { type RiskBook, riskBook } from './risk.ts';
import { type SessionLimits, sessionBook } from './sessions.ts';

/** The hub that a console works on. */
export interface ConsoleHub {
  readonly hub: Hub;
  readonly keyring: HubKeyring;
  readonly store: HubStore;
  readonly site: string;
  readonly link: Link;
}

/** What a hub's routes work with once there are keys: the hub, and the console's own books. */
export interface Desk extends CommonDesk, ConsoleHub {
  readonly config: HubConfig;
  readonly fleet: Fleet;
  /** Pictures on their way to become templates. */
  readonly tray: PictureTray;
  readonly imports: ImportDesk;
  readonly risk: RiskBook;
}

/** Set a console's books up over a hub's, and listen to its terminals. */
export async function openDesk(
  { hub, keyring, store, site, link }: ConsoleHub,
  options: {
    readonly config: HubConfig;
    readonly configFile?: string | undefined;
    readonly clock: Clock;
    readonly log: Logger;
    readonly limits?: SessionLimits;
  },
): Promise<Desk> {
  const { config, configFile = null, clock, log, limits } = options;
  const closers = new Closers();
  const live: EventStream<LiveMessage> = new EventStream({
    greeting: () => [{ type: 'terminals' as const, terminals: fleet.views() }],
    onWatched: (isWatched) => events.watched(isWatched),
  });
  const events = watchEvents({ db: store.db, tell: (told) => live.tell({ type: 'event', ...told }) });
  closers.add(() => events.close());
  closers.add(() => live.close());
  const fleet = await openFleet({
    ...{ site, link, clock, keyring, books: hub.terminals, history: () => store.state() },
    onChange: (terminals) => live.tell({ type: 'terminals', terminals }),
    onHeard: (terminal, heard) => live.tell({ type: 'heard', terminal, heard }),
  });
  closers.add(() => fleet.close());
  const imports = await openImportDesk({
    ...{ hub, timers: systemTimers, folder: join(config.dataFolder, 'console', 'imports') },
    onChange: (state) => live.tell({ type: 'import', import: state }),
  });
  closers.add(() => imports.close());
  const book = auditBook({ db: store.db, keys: keyring, clock });
  const begun = begunDeeds({ db: store.db, audit: book, clock, timers: systemTimers, log });
  closers.add(() => begun.close());
  const audit = { ...book, around: begun.around };
  const refused = refusals({ audit, timers: systemTimers, log });
  closers.add(() => refused.close());
  const closing = new AbortController();
  const accounts = accountBook(store.db, { clock, place: atHub });
  const leave = () => closing.abort();
  closers.add(leave);
  return {
    ...{ imports, risk: riskBook(), tray: pictureTray(clock), closing: closing.signal, leave },
    ...{ hub, keyring, store, site, link, config, configFile, clock, log, fleet, live },
    ...{ place: atHub, terminal: null, events: hubEvents(store.db), people: hubPeople(store) },
    ...{ accounts, changeAccounts: accountChanges(accounts, audit) },
    sessions: sessionBook(store.db, { clock, ...(limits && { limits }) }),
    ...{ audit, refusals: refused },
    close: () => closers.closeAll(),
  };
}
