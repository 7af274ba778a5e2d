import type { Kysely } from 'kysely';
import type { HubTables } from './hub-schema.ts';
import { takeTurn, transact } from './transact.ts';

/** Rules as a hub published them. */
export interface PublishedRules {
  readonly version: number;
  /** ISO 8601. */
  readonly setAt: string;
  readonly rules: Readonly<Record<string, unknown>>;
}

/** What is in force; `null` where a hub never said anything. */
export async function latestRules(db: Kysely<HubTables>): Promise<PublishedRules | null> {
  const row = await db.selectFrom('rules').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? null : { version: row.version, setAt: row.set_at, rules: JSON.parse(row.rules) };
}

/** What was in force at an instant; `null` where no hub had said anything by then. */
export async function rulesAt(db: Kysely<HubTables>, at: Date): Promise<PublishedRules | null> {
  const row = await db
    .selectFrom('rules')
    .selectAll()
    .where('set_at', '<=', at.toISOString())
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { version: row.version, setAt: row.set_at, rules: JSON.parse(row.rules) };
}

/** Put down a new version; those before it stay in the book. */
export function addRules(db: Kysely<HubTables>, rules: object, setAt: Date): Promise<PublishedRules> {
  return transact(db, async (tx) => {
    await takeTurn(tx);
    const version = ((await latestRules(tx))?.version ?? 0) + 1;
    const row = { version, set_at: setAt.toISOString(), rules: JSON.stringify(rules) };
    await tx.insertInto('rules').values(row).execute();
    return { version, setAt: row.set_at, rules: JSON.parse(row.rules) };
  });
}
