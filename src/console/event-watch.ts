import { setTimeout as wait } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { followEvents, reachedBy } from '../hub/event-search.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { namesOf, peopleIn } from '../hub/people-names.ts';
import type { LiveMessage } from './answers/live.ts';

/** Tells of what comes into the books, whichever process of the hub took it in. */
export interface EventWatch {
  /** Whether somebody wants to be told: while nobody does, the books are left alone. */
  watched(isWatched: boolean): void;
  /** Resolves when the books are not read any more. */
  close(): Promise<void>;
}

/** What an {@link EventWatch} works with. */
export interface EventWatchOptions {
  readonly db: Kysely<HubTables>;
  readonly tell: (told: Omit<Extract<LiveMessage, { type: 'event' }>, 'type'>) => void;
  /** How long to wait for a database that went away; two seconds unless said otherwise. */
  readonly retryMs?: number;
}

/**
 * Watch a hub's books for whoever looks at its console: one small question twice a second, by how far each terminal's
 * events are there without a hole. A database that goes away is waited for, and what came meanwhile is told then.
 */
export function watchEvents(options: EventWatchOptions): EventWatch {
  let leaving: AbortController | null = null;
  let watching: Promise<void> = Promise.resolve();
  const stop = () => {
    leaving?.abort();
    leaving = null;
  };
  const start = () => {
    const own = new AbortController();
    leaving = own;
    watching = watching.then(() => follow(options, own.signal));
  };
  return {
    watched(isWatched) {
      if (!isWatched) stop();
      else if (leaving === null) start();
    },
    async close() {
      stop();
      await watching;
    },
  };
}

async function follow({ db, tell, retryMs = 2000 }: EventWatchOptions, signal: AbortSignal): Promise<void> {
  let since: Map<string, number> | null = null;
  while (!signal.aborted) {
    try {
      since ??= await reachedBy(db);
      for await (const { event } of followEvents(db, {}, { signal, since })) {
        const names = await namesOf(db, peopleIn([event]));
        if (signal.aborted) return;
        since.set(event.terminal, event.seq);
        tell({ event, names });
      }
    } catch {
      // Whoever needs the database next is told that it is away.
      await wait(retryMs, null, { signal }).catch(() => {});
    }
  }
}
