import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Duty, Seat } from './seat.ts';

/**
 * A seat beside an SQLite file: SQLite's exclusive transaction on an empty database of its own, which is a lock of the
 * kernel and cannot be stale. Not in the books themselves: those have to be written to by everybody.
 */
export function sqliteSeat(file: string, duty: Duty): Seat {
  const lockFile = `${file}.${duty}`;
  return {
    take: async () => {
      const lock = takeLock(lockFile);
      if (lock === null) return null;
      return { lost: new AbortController().signal, release: async () => lock.close() };
    },
  };
}

/** No statement is prepared on this connection: one that waits for the garbage collector would keep the lock. */
function takeLock(lockFile: string): DatabaseSyncInstance | null {
  let lock: DatabaseSyncInstance | undefined;
  try {
    lock = new DatabaseSync(lockFile, { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if ((cause as { sqliteCodeName?: string }).sqliteCodeName === 'SQLITE_BUSY') return null;
    throw new LimenError('file.unwritable', `The lock ${lockFile} cannot be taken: ${messageOf(cause)}.`, {
      hint: "Check that the folder exists and belongs to the hub's user.",
      cause,
    });
  }
}
