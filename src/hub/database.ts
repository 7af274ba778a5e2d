import { Kysely } from 'kysely';
import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { HubTables } from './hub-schema.ts';
import { migrate } from './migrate.ts';
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
