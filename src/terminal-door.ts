import { openConfiguredDoor } from './compose.ts';
import type { TerminalConfig } from './config/schema.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { Occurrence } from './domain/event.ts';
import type { Door } from './door/door.ts';
import { systemClock } from './runtime/clock.ts';
import type { Logger } from './runtime/logger.ts';
import type { Terminal } from './terminal.ts';

/** A door that is at rest before there is anybody to tell. */
export interface TerminalDoor {
  /** `null` for a time clock without one. */
  readonly door: Door | null;
  /** From here on the terminal writes down what the door does; what it did so far is written down now. */
  reportTo(terminal: Terminal): void;
}

/**
 * Open the door of a terminal first of all, and keep what it has to say until there is a journal.
 *
 * @throws LimenError as `openConfiguredDoor`
 */
export async function openTerminalDoor(
  { door: config, dataFolder }: TerminalConfig,
  log: Logger,
): Promise<TerminalDoor> {
  const early: Occurrence[] = [];
  let terminal: Pick<Terminal, 'report' | 'passed'> | null = null;
  const report = (occurrence: Occurrence): void => {
    if (terminal === null) early.push(occurrence);
    else terminal.report(occurrence);
  };
  const around = {
    ...{ dataFolder, clock: systemClock },
    report: (occurrence: Occurrence) => {
      try {
        report(occurrence);
      } catch (error) {
        log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
        // An opening that cannot be journalled must not last. That it ended is only to be told, and must not end the daemon.
        if (occurrence.kind === 'door.unlocked') throw error;
      }
    },
    onPassed: ({ personId }: { readonly personId: string | null }) => {
      if (personId !== null) terminal?.passed(personId);
    },
  };
  return {
    door: config === undefined ? null : await openConfiguredDoor(config, around),
    reportTo(opened) {
      terminal = opened;
      for (const occurrence of early.splice(0)) opened.note(occurrence);
    },
  };
}
