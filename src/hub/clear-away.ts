import { type Kysely, sql } from 'kysely';
import type { HubTables } from './hub-schema.ts';
import { isPostgres } from './migrations/create-table.ts';

/**
 * PostgreSQL keeps the rows that a transaction deletes until somebody vacuums: do it now, and not some day. What of an
 * erased person is in its write-ahead log, in standbys and in backups is for their keeper; docs/hub-store.md says so.
 * SQLite overwrites what it deletes.
 */
export async function clearAway(db: Kysely<HubTables>): Promise<void> {
  if (!isPostgres(db)) return;
  // A user who may not, or a table that is just being vacuumed: then PostgreSQL does it in its own time.
  await sql`vacuum people, credentials, templates, template_pictures`.execute(db).catch(() => {});
}
