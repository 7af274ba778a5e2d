import { Kysely } from 'kysely';
import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { isThere } from '../runtime/is-there.ts';
import type { HubTables } from './hub-schema.ts';
import { migrate, migrationsIn } from './migrate.ts';
import type { PostgresBooks } from './postgres-books.ts';

/** Where a hub keeps its books. */
export type Books = { readonly driver: 'sqlite'; readonly file: string } | PostgresBooks;

/**
 * Open the books and bring their tables up to date. An empty database gets all of them.
 *
 * @throws LimenError `file.unreadable`, `file.corrupt`, `file.newer-version`, `store.lost`, `store.refused`.
 */
export async function openDatabase(books: Books): Promise<Kysely<HubTables>> {
  let db: Kysely<HubTables> | null = null;
  try {
    db = new Kysely<HubTables>({ dialect: await dialectOf(books) });
    await migrate(db);
    return db;
  } catch (error) {
    await db?.destroy();
    throw isLimenError(error) || books.driver !== 'sqlite' ? error : unusable(books.file, error);
  }
}

/**
 * Whether a hub has ever opened these books. Looking makes none.
 *
 * @throws LimenError `store.lost`, `store.refused`.
 */
export async function booksAreThere(books: Books): Promise<boolean> {
  if (books.driver === 'sqlite') return isThere(books.file);
  const db = new Kysely<HubTables>({ dialect: await dialectOf(books) });
  try {
    return (await migrationsIn(db)).length > 0;
  } finally {
    await db.destroy();
  }
}

async function dialectOf(books: Books) {
  if (books.driver === 'postgres') return (await import('./postgres-dialect.ts')).postgresDialect(books);
  return (await import('./sqlite-dialect.ts')).sqliteDialect(books.file);
}

function unusable(file: string, cause: unknown): LimenError {
  const damaged = /malformed|not a database/.test(messageOf(cause));
  return new LimenError(
    damaged ? 'file.corrupt' : 'file.unreadable',
    `The hub's database ${file} cannot be used: ${messageOf(cause)}.`,
    {
      hint: damaged
        ? 'Restore it from a backup.'
        : `Check that the folder exists and is writable (${systemCodeOf(cause) ?? ''}).`,
      cause,
    },
  );
}
