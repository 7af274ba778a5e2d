import { isLimenError, messageOf } from './domain/errors.ts';
import type { Journal } from './journal/journal.ts';
import type { Logger } from './runtime/logger.ts';
import type { TerminalAccess } from './terminal-access.ts';

export interface Prunable {
  readonly journal: Journal;
  readonly access: TerminalAccess;
  readonly retentionDays: number;
  readonly log: Logger;
}

/** Let go of rows that the hub has and that are old enough. What cannot be done is logged, and tried again with the next call. */
export async function pruneJournal({ journal, access, retentionDays, log }: Prunable): Promise<void> {
  try {
    // What the rules have to remember must not go with the rows; while that cannot be kept, the rows stay.
    await access.save();
    journal.prune(new Date(Date.now() - retentionDays * 86_400_000));
  } catch (error) {
    log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
  }
}
