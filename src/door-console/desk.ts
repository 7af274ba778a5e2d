import { accountBook } from '../console/accounts.ts';
import type { LiveMessage } from '../console/answers/live.ts';
import type { CommonDesk } from '../console/common-desk.ts';
import { atTerminal } from '../console/place.ts';
import { type SessionLimits, sessionBook } from '../console/sessions.ts';
import { messageOf } from '../domain/errors.ts';
import type { LimenEvent } from '../domain/event.ts';
import { peopleIn } from '../hub/people-names.ts';
import { Closers } from '../runtime/closers.ts';
import { EventStream } from '../web/event-stream.ts';
import { accountFileIn, openAccountFile } from './account-file.ts';
import { deedBook, deedOf } from './deeds.ts';
import { galleryPeople } from './gallery-people.ts';
import { journalEvents, namesIn, toldOf } from './journal-events.ts';
import { journalSearch } from './journal-search.ts';
import type { OwnTerminal } from './own-terminal.ts';
import { type OwnView, ownView } from './own-view.ts';

/** What the routes of a terminal's own console work with. */
export interface DoorDesk extends CommonDesk {
  readonly own: OwnTerminal;
  readonly view: OwnView;
  /** Something was written into the journal. */
  event(event: LimenEvent): void;
}

/** What the command line did is written down this soon. */
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
  const hand = () =>
    file.untold
      .hand((deed) => void report(deedOf(deed)))
      .catch((error: unknown) =>
        log.error({ error }, `what the command line did is not written down: ${messageOf(error)}`),
      );
  let handed = hand();
  const handing = setInterval(() => {
    handed = hand();
  }, handEveryMs);
  closers.add(() => handed);
  closers.add(() => clearInterval(handing));
  closers.add(() => view.close());
  closers.add(() => live.close());
  closers.add(() => closing.abort());
  const search = journalSearch(own.journal);
  return {
    ...{ place: atTerminal, site, terminal, configFile: null, clock, log, live, own, view, closing: closing.signal },
    get config() {
      return own.config();
    },
    accounts: accountBook(file.db, { clock, place: atTerminal }),
    sessions: sessionBook(file.db, { clock, ...(limits && { limits }) }),
    audit: deedBook({ report, journal: own.journal }),
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
