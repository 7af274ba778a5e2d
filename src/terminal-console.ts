import { setTimeout as delay } from 'node:timers/promises';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { LimenEvent } from './domain/event.ts';
import type { DoorConsole } from './door-console/door-console.ts';
import type { OwnTerminal } from './door-console/own-terminal.ts';

/** The console of a terminal that runs, and what it wants to be told of. */
export interface TerminalConsole {
  /** Where it is, once it listens; `null` when it was closed before that. */
  readonly url: Promise<string | null>;
  event(event: LimenEvent): void;
  close(): Promise<void>;
}

/** A port that somebody else holds, a certificate or a file that is not good may be put right meanwhile. */
const againMs = 5000;

/**
 * Serve a terminal's own console; `null` where the configuration has none, and then nothing of it is even loaded. Returns at
 * once, and never throws: what keeps the console from opening is told once, and tried again for ever; the door works without.
 */
export function openTerminalConsole(own: OwnTerminal): TerminalConsole | null {
  if (own.config().console === undefined) return null;
  const leaving = new AbortController();
  let served: DoorConsole | null = null;
  const opening = openForEver(own, leaving.signal).then((opened) => {
    served = opened;
    return opened?.url ?? null;
  });
  return {
    url: opening,
    event: (event) => served?.event(event),
    async close() {
      leaving.abort();
      await opening;
      await served?.close();
    },
  };
}

async function openForEver(own: OwnTerminal, signal: AbortSignal): Promise<DoorConsole | null> {
  let told = '';
  while (!signal.aborted) {
    try {
      const { openDoorConsole } = await import('./door-console/door-console.ts');
      const { console } = own.config();
      return console === undefined ? null : await openDoorConsole(own, console);
    } catch (error) {
      const says = messageOf(error);
      const { code, hint = '' } = isLimenError(error) ? error : {};
      if (says !== told) own.log.error({ code }, `no console: ${says} ${hint} Tried again every ${againMs / 1000} s.`);
      told = says;
      await delay(againMs, undefined, { signal }).catch(() => {});
    }
  }
  return null;
}
