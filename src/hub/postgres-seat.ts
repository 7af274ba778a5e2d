import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { isLimenError } from '../domain/errors.ts';
import { addressOf, clientConfig, type PostgresBooks } from './postgres-books.ts';
import { postgresFailure, storeLost } from './postgres-failure.ts';
import type { Duty, Seat, Seating } from './seat.ts';

/** Advisory locks are numbers, each database's its own. "lime", and which one. */
const room = 0x6c696d65;
const numbers: Record<Duty, number> = { publisher: 1, 'only-process': 2, payroll: 3 };

/** A server that says nothing for this long may have given the seat away; it does so after 25 s, see `postgres-books.ts`. */
const beatMs = 2000;
const patienceMs = 8000;

/**
 * A seat in PostgreSQL: an advisory lock of a connection that does nothing else. It is asked for and not waited for,
 * because a statement that waits for hours would keep the server from clearing away what was erased.
 */
export function postgresSeat(books: PostgresBooks, duty: Duty): Seat {
  const address = addressOf(books);
  return {
    take: async () => {
      const client = new pg.Client({ ...clientConfig(books), application_name: `limen-hub ${duty}` });
      // Before anything can break.
      const lost = new AbortController();
      client.on('error', () => lost.abort());
      client.on('end', () => lost.abort());
      try {
        await client.connect();
        const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as mine', [room, numbers[duty]]);
        if (rows[0].mine) return seated(client, lost);
        await client.end();
        return null;
      } catch (error) {
        void client.end().catch(() => {});
        const failure = postgresFailure(error, address);
        throw isLimenError(failure) ? failure : storeLost(error, address);
      }
    },
  };
}

function seated(client: pg.Client, lost: AbortController): Seating {
  let released = false;
  const beat = async () => {
    while (!lost.signal.aborted) {
      await Promise.race([client.query('select 1'), wait(patienceMs, null, { ref: false }).then(giveUp)]);
      await wait(beatMs, null, { signal: lost.signal, ref: false });
    }
  };
  beat().catch(() => lost.abort());
  return {
    lost: lost.signal,
    release: async () => {
      if (released) return;
      released = true;
      // A server that hangs is not waited for: it lets go of a connection that is gone.
      await Promise.race([client.end().catch(() => {}), wait(1000, null, { ref: false })]);
      lost.abort();
    },
  };
}

function giveUp(): never {
  throw new Error('no answer');
}
