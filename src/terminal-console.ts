import { setTimeout as delay } from 'node:timers/promises';
import type { Console } from './console/served.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { LimenEvent } from './domain/event.ts';
import type { DoorDesk } from './door-console/desk.ts';
import type { OwnTerminal } from './door-console/own-terminal.ts';
import type { Logger } from './runtime/logger.ts';

/** The console of a terminal that runs, and what it wants to be told of. */
export interface TerminalConsole {
  /** Where it is, once it listens; `null` when it was closed before that. */
  readonly url: Promise<string | null>;
  event(event: LimenEvent): void;
  close(): Promise<void>;
}

/** A port that somebody else holds, a certificate or a file that is not good may be put right meanwhile. */
const againMs = { first: 5000, most: 60_000 };

/**
 * Serve a terminal's own console; `null` where the configuration has none, and then nothing of it is even loaded. Returns at
 * once, and never throws: what keeps the console from opening is told once, and tried again for ever; the door works without.
 */
export function openTerminalConsole(own: OwnTerminal): TerminalConsole | null {
  const config = own.config().console;
  if (config === undefined) return null;
  const leaving = new AbortController();
  const trying = { log: own.log, signal: leaving.signal };
  let desk: DoorDesk | null = null;
  let served: Console | null = null;
  const open = async () => {
    desk = await untilDone(async () => (await import('./door-console/desk.ts')).openDoorDesk(own), trying);
    const { serveDoorConsole } = await import('./door-console/door-console.ts');
    served = await untilDone(async () => (desk === null ? null : serveDoorConsole(desk, config)), trying);
    return served?.url ?? null;
  };
  const url = open();
  return {
    url,
    event: (event) => desk?.event(event),
    async close() {
      leaving.abort();
      await url;
      await (served ?? desk)?.close();
    },
  };
}

/** Try again for as long as it fails, or until `signal` aborts: `null` then. Each reason is told once. */
async function untilDone<T>(
  work: () => Promise<T>,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<T | null> {
  let told = '';
  for (let waitMs = againMs.first; !signal.aborted; waitMs = Math.min(2 * waitMs, againMs.most)) {
    try {
      return await work();
    } catch (error) {
      const says = messageOf(error);
      const { code, hint = '' } = isLimenError(error) ? error : {};
      if (says !== told) log.error({ code }, `no console: ${says} ${hint} Tried again within a minute.`);
      told = says;
      await delay(waitMs, undefined, { signal }).catch(() => {});
    }
  }
  return null;
}
