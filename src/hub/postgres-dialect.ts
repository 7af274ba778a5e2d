import { CompiledQuery, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { isLimenError } from '../domain/errors.ts';
import { addressOf, clientConfig, type PostgresBooks } from './postgres-books.ts';
import { postgresFailure, storeLost } from './postgres-failure.ts';

/** A hub has few things to do at once; each process holds this many connections at most. */
const connections = 8;

/**
 * Kysely's PostgreSQL dialect over a pool that mends itself: a connection that is lost fails what runs on it and is
 * replaced with the next use.
 */
export function postgresDialect(books: PostgresBooks): PostgresDialect {
  const address = addressOf(books);
  const pool = new pg.Pool({ ...clientConfig(books), max: connections });
  // An idle connection that breaks is out of the pool already; without a listener it would end the process.
  pool.on('error', () => {});
  return new PostgresDialect({
    pool: judging(pool, address),
    onCreateConnection: async (connection) => {
      // A server may be set to confirm before it has written. What the hub acknowledges must survive a power cut.
      await connection.executeQuery(
        CompiledQuery.raw(
          "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
        ),
      );
    },
  });
}

/** Says in limen's words what goes wrong, and gives no broken connection back. */
function judging(pool: pg.Pool, address: string): PostgresPool {
  // Kysely knows a connection again by the object.
  const known = new WeakMap<pg.PoolClient, JudgingClient>();
  return {
    connect: async () => {
      try {
        const client = await pool.connect();
        const judged = known.get(client) ?? new JudgingClient(client, address);
        known.set(client, judged);
        return judged as unknown as PostgresPoolClient;
      } catch (error) {
        const failure = postgresFailure(error, address);
        // Certificates, addresses that are none: whatever it was, there is no connection.
        throw isLimenError(failure) ? failure : storeLost(error, address);
      }
    },
    end: () => pool.end(),
  };
}

class JudgingClient {
  readonly #client: pg.PoolClient;
  readonly #address: string;
  #broken: Error | undefined;

  constructor(client: pg.PoolClient, address: string) {
    this.#client = client;
    this.#address = address;
    // A connection may break between two statements of a transaction, when nobody waits for it.
    client.on('error', (error) => {
      this.#broken ??= storeLost(error, address);
    });
  }

  async query(text: string, values: unknown[]): Promise<unknown> {
    // A rollback on a connection that hangs would hang as well.
    if (this.#broken !== undefined) throw this.#broken;
    try {
      return await this.#client.query(text, values);
    } catch (error) {
      const failure = postgresFailure(error, this.#address);
      if (failure !== error) this.#broken = failure as Error;
      throw failure;
    }
  }

  release(): void {
    this.#client.release(this.#broken);
  }
}
