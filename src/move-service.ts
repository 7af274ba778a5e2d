import { setTimeout as wait } from 'node:timers/promises';
import { attendanceOffice } from './hub/attendance-office.ts';
import { moveFollower } from './hub/group-moves.ts';
import { noticeOf } from './hub/notice.ts';
import type { HubDaemon } from './hub-daemon.ts';
import { systemClock } from './runtime/clock.ts';
import type { Logger } from './runtime/logger.ts';

/** How often it is looked whether somebody's day has come. */
const lookEveryMs = 15_000;

/**
 * Put people into their groups on the day that was said, for as long as a hub runs. Of several hub processes the one does
 * that publishes. What is in the way is in the log once, and tried again.
 */
export function serveMoves(daemon: HubDaemon, log: Logger): { close(): Promise<void> } {
  const { hub, store, keyring: keys } = daemon;
  const office = attendanceOffice({ store, keys, clock: systemClock });
  const follower = moveFollower({ hub, store, office, clock: systemClock });
  const stop = new AbortController();
  const serve = async () => {
    let said = '';
    while (!stop.signal.aborted) {
      const trouble = await (hub.publishing ? follower.look() : Promise.resolve<string[]>([])).then(
        (moved) => {
          for (const personId of moved) log.info({ personId }, 'moved to the groups of today');
          return '';
        },
        (error) => noticeOf(error).message,
      );
      if (trouble !== '' && trouble !== said) log.warn(`people cannot be moved to their groups: ${trouble}`);
      said = trouble;
      await wait(lookEveryMs, null, { signal: stop.signal }).catch(() => {});
    }
  };
  const serving = serve();
  return {
    close: async () => {
      stop.abort();
      await serving;
    },
  };
}
