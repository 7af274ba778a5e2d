import type { Kysely } from 'kysely';
import { decodeTime, ulid } from 'ulid';
import type { Clock } from '../domain/clock.ts';
import type { Command } from '../sync/command-messages.ts';
import { wireFormat } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { takeTurn, transact } from './transact.ts';

/** What is asked for; the book gives id and times. */
export type Order = Pick<Command, 'site' | 'audience' | 'verb' | 'reason' | 'issuer' | 'challenge' | 'args'>;

/**
 * Write a command down before it is sent, so that it is known who asked for what even if no terminal ever answers.
 * Its id sorts behind all ids before it, whatever the clock says: terminals tell by it which command is the later one.
 */
export async function issueCommand(
  { db, clock, lifetimeMs }: { db: Kysely<HubTables>; clock: Clock; lifetimeMs: number },
  order: Order,
): Promise<Command> {
  return transact(db, async (tx) => {
    await takeTurn(tx);
    const last = await tx.selectFrom('commands').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
    const nowMs = clock.now().getTime();
    const command: Command = {
      format: wireFormat,
      ...order,
      id: ulid(last === undefined ? nowMs : Math.max(nowMs, decodeTime(last.id) + 1)),
      issuedAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + lifetimeMs).toISOString(),
    };
    const { id, audience, verb, reason, issuer, issuedAt, expiresAt } = command;
    const args = command.args === undefined ? null : JSON.stringify(command.args);
    await tx
      .insertInto('commands')
      .values({ id, audience, verb, reason, issuer, args, issued_at: issuedAt, expires_at: expiresAt })
      .execute();
    return command;
  });
}

/** What the books know of a terminal, for whoever waits for it in vain. */
export async function standingOf(
  db: Kysely<HubTables>,
  terminal: string,
): Promise<'unknown' | 'provisioned' | 'revoked'> {
  const row = await db
    .selectFrom('terminal_keys')
    .select('revoked_at')
    .where('terminal', '=', terminal)
    .executeTakeFirst();
  if (row === undefined) return 'unknown';
  return row.revoked_at === null ? 'provisioned' : 'revoked';
}

/** Terminals that were provisioned, and not revoked. */
export async function terminalsInBooks(db: Kysely<HubTables>): Promise<string[]> {
  const rows = await db
    .selectFrom('terminal_keys')
    .select('terminal')
    .where('revoked_at', 'is', null)
    .orderBy('terminal')
    .execute();
  return rows.map(({ terminal }) => terminal);
}
