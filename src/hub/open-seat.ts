import type { Books } from './database.ts';
import type { Duty, Seat } from './seat.ts';

/** The seat of a duty, in the database itself: whoever cannot reach the books cannot have it. */
export async function seatOf(books: Books, duty: Duty): Promise<Seat> {
  if (books.driver === 'sqlite') return (await import('./sqlite-seat.ts')).sqliteSeat(books.file, duty);
  return (await import('./postgres-seat.ts')).postgresSeat(books, duty);
}
