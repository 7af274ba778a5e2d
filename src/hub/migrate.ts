import { DEFAULT_MIGRATION_TABLE, type Kysely, type Migration, Migrator, sql } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from './hub-schema.ts';
import { migrations as all } from './migrations/all.ts';

/**
 * Bring a database's tables to what this limen works with: all that is missing in one transaction, or nothing. Of
 * several processes that start at once, one does it and the others wait.
 *
 * @throws LimenError `file.newer-version`, with nothing touched, when a newer limen has been at it.
 * @throws what the database says, with everything as it was.
 */
export async function migrate(
  db: Kysely<HubTables>,
  migrations: Readonly<Record<string, Migration>> = all,
): Promise<void> {
  const unknown = (await migrationsIn(db)).filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new LimenError('file.newer-version', "The hub's database was written by a newer limen.", {
      hint: `Update limen on this machine; it does not know what "${unknown.join('", "')}" changed.`,
    });
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** The names of the changes that a database has behind it, in their order. */
export async function migrationsIn(db: Kysely<HubTables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const made = await sql<{
    name: string;
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(db);
  return made.rows.map(({ name }) => name);
}
