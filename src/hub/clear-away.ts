import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from './hub-schema.ts';
import { isPostgres } from './migrations/create-table.ts';

const attempts = 20;
const betweenMs = 100;

/**
 * Have the database let go of what was erased, now and not some day. What is in PostgreSQL's write-ahead log, in standbys
 * and in backups is for their keeper; docs/hub-store.md says so.
 *
 * @throws LimenError `file.unwritable` when SQLite's log could not be emptied: the erasure itself is in the books.
 */
export function clearAway(db: Kysely<HubTables>): Promise<void> {
  return isPostgres(db) ? vacuum(db) : emptyLog(db);
}

/** PostgreSQL keeps the rows that a transaction deletes until somebody vacuums. */
async function vacuum(db: Kysely<HubTables>): Promise<void> {
  // A user who may not, or a table that is just being vacuumed: then PostgreSQL does it in its own time.
  await sql`vacuum people, credentials, templates, template_pictures, face_erasures, suspensions, group_history`
    .execute(db)
    .catch(() => {});
}

/**
 * SQLite overwrites what it deletes, and its write-ahead log still has it until that is brought into the database and cut
 * to nothing. Another process that reads just now is waited for.
 */
async function emptyLog(db: Kysely<HubTables>): Promise<void> {
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
