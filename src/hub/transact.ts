import { setTimeout as wait } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { HubTables } from './hub-schema.ts';
import { isCollision } from './postgres-failure.ts';

/** Other hub processes and commands write as well; one that loses this often in a row has something else against it. */
const mostAttempts = 10;

/**
 * Everything that `work` writes, or nothing of it. On PostgreSQL a transaction that collided with another is done
 * again, so `work` may run several times, and must change nothing but the database.
 */
export async function transact<T>(db: Kysely<HubTables>, work: (tx: Transaction<HubTables>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!isCollision(error) || attempt === mostAttempts) throw error;
      await wait(Math.random() * 10 * 2 ** attempt);
    }
  }
}

/**
 * Wait for everybody else who changes the gallery, the rules, the terminals or the commands, and keep them waiting until
 * this transaction ends. To be the first thing in it: what is read before may be old.
 */
export async function takeTurn(tx: Transaction<HubTables>): Promise<void> {
  // A row that is written is locked, in every database.
  await tx
    .updateTable('meta')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('key', '=', 'version')
    .execute();
}
