import { accountChanges } from '../console/account-changes.ts';
import { accountBook } from '../console/accounts.ts';
import type { LiveMessage } from '../console/answers/live.ts';
import type { CommonDesk } from '../console/common-desk.ts';
import { atTerminal } from '../console/place.ts';
import { refusals } from '../console/refusals.ts';
import { type SessionLimits, sessionBook } from '../console/sessions.ts';
import type { LimenEvent } from '../domain/event.ts';
import { peopleIn } from '../hub/people-names.ts';
import { Closers } from '../runtime/closers.ts';
import { systemTimers } from '../runtime/timers.ts';
import { EventStream } from '../web/event-stream.ts';
import { accountFileIn, openAccountFile } from './account-file.ts';
import { deedBook } from './deeds.ts';
import { galleryPeople } from './gallery-people.ts';
import { journalEvents, namesIn, toldOf } from './journal-events.ts';
import { journalSearch } from './journal-search.ts';
import { type KeptDeeds, keptDeeds } from './kept-deeds.ts';
import type { OwnTerminal } from './own-terminal.ts';
import { type OwnView, ownView } from './own-view.ts';

/** What the routes of a terminal's own console work with. */
export interface DoorDesk extends CommonDesk {
  readonly audit: KeptDeeds;
  readonly own: OwnTerminal;
  readonly view: OwnView;
  /** Something was written into the journal. */
  event(event: LimenEvent): void;
}

/** What the command line did, and what could not be written down when it was done, is written down this soon. */
const handEveryMs = 10_000;

/** Set the console's books up at a terminal. @throws LimenError as {@link openAccountFile}. */
export async function openDoorDesk(own: OwnTerminal, limits?: SessionLimits): Promise<DoorDesk> {
  const { clock, log, report } = own;
  const { site, terminal, dataFolder } = own.config();
  const closers = new Closers();
  const file = await openAccountFile(accountFileIn(dataFolder));
  closers.add(() => file.close());
  const closing = new AbortController();
  const live: EventStream<LiveMessage> = new EventStream({
    greeting: () => [{ type: 'terminals' as const, terminals: [view.now] }],
    onWatched: (isWatched) => view.watched(isWatched),
  });
  const view = ownView(own, {
    onChange: (now) => live.tell({ type: 'terminals', terminals: [now] }),
    onHeard: (heard) => live.tell({ type: 'heard', terminal, heard }),
  });
  const search = journalSearch(own.journal);
  const journalled = deedBook({ report, journal: own.journal });
  const accounts = accountBook(file.db, { clock, place: atTerminal });
  const audit = keptDeeds(journalled, { untold: file.untold, clock, log });
  let handed = audit.hand();
  const handing = setInterval(() => {
    handed = audit.hand();
  }, handEveryMs);
  closers.add(() => handed);
  closers.add(() => clearInterval(handing));
  closers.add(() => view.close());
  closers.add(() => live.close());
  const refused = refusals({ audit, timers: systemTimers, log });
  closers.add(() => refused.close());
  const leave = () => closing.abort();
  closers.add(leave);
  return {
    ...{ place: atTerminal, site, terminal, configFile: null, clock, log, live, own, view },
    ...{ closing: closing.signal, leave, audit, refusals: refused },
    get config() {
      return own.config();
    },
    ...{ accounts, changeAccounts: accountChanges(accounts, audit) },
    sessions: sessionBook(file.db, { clock, ...(limits && { limits }) }),
    events: journalEvents(search, own),
    people: galleryPeople(own),
    event(event) {
      if (live.viewers === 0) return;
      live.tell({ type: 'event', event: toldOf(event), names: namesIn(own, peopleIn([event])) });
      view.noticed();
    },
    close: () => closers.closeAll(),
  };
}
