import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from './hub-schema.ts';

const attempts = 20;
const betweenMs = 100;

/**
 * Bring SQLite's write-ahead log into the database and cut it to nothing: until then, what was erased is in it still.
 * Another process that reads just now is waited for.
 *
 * @throws LimenError `file.unwritable` when it could not be emptied: the erasure itself is in the books.
 */
export async function emptyLog(db: Kysely<HubTables>): Promise<void> {
  for (let i = 0; i < attempts; i++) {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
    if (rows[0]?.busy === 0) return;
    await wait(betweenMs);
  }
  throw new LimenError(
    'file.unwritable',
    'It is erased, but the log beside hub.db still has it: the database is busy.',
    {
      hint: 'It goes with the next erasure, or when the hub is stopped and started.',
    },
  );
}
