import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../domain/clock.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { takeTurn, transact } from '../hub/transact.ts';
import { type Proven, proof } from './accounts.ts';
import type { Role } from './roles.ts';

/** Who asks. */
export interface Who {
  readonly name: string;
  readonly role: Role;
}

/** How long somebody stays signed in. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleMs: number;
  /** At most. */
  readonly absoluteMs: number;
}

/** Half an hour without a request, a working day with them (OWASP's Session Management Cheat Sheet). */
export const usualLimits: SessionLimits = { idleMs: 30 * 60_000, absoluteMs: 12 * 3_600_000 };

/** Who is signed in. Kept in the books: a restart signs nobody out, and a changed password does. */
export interface Sessions {
  /**
   * Sign somebody in. Returns what their browser is to hold: 256 random bits, of which only the SHA-256 is kept; `null`
   * where they have another password or role since they were proven, or are not let in any more.
   */
  begin(proven: Pick<Proven, 'name' | 'role' | typeof proof>): Promise<string | null>;
  /** Who holds this; `null` when that is nobody any more. With `isUse`, they have just done something. */
  who(token: string, how?: { readonly isUse?: boolean }): Promise<Who | null>;
  end(token: string): Promise<void>;
}

/** To write less: somebody who clicks is written down once a minute. */
const seenEveryMs = 60_000;

/** The sessions in a console's database. */
export function sessionBook(
  db: Kysely<HubTables>,
  { clock, limits = usualLimits }: { readonly clock: Clock; readonly limits?: SessionLimits },
): Sessions {
  const ago = (ms: number) => new Date(clock.now().getTime() - ms).toISOString();
  const clearAway = () =>
    db
      .deleteFrom('sessions')
      .where(({ or, eb }) =>
        or([eb('seen_at', '<', ago(limits.idleMs)), eb('created_at', '<', ago(limits.absoluteMs))]),
      )
      .execute();
  return {
    begin: async ({ name, role, [proof]: hash }) => {
      await clearAway();
      const token = randomBytes(32).toString('base64url');
      const now = clock.now().toISOString();
      const session = { id: idOf(token), account: name, created_at: now, seen_at: now };
      return transact(db, async (tx) => {
        // A change of the account ends the sessions that it finds: this one comes wholly before it, or not at all.
        await takeTurn(tx);
        const still = await tx
          .selectFrom('accounts')
          .select('name')
          .where(({ and, eb }) => and([eb('name', '=', name), eb('role', '=', role), eb('password', '=', hash)]))
          .where('disabled_at', 'is', null)
          .executeTakeFirst();
        if (still === undefined) return null;
        await tx.insertInto('sessions').values(session).execute();
        return token;
      });
    },
    who: async (token, { isUse = false } = {}) => {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('accounts', 'accounts.name', 'sessions.account')
        .select(['sessions.id', 'sessions.seen_at', 'sessions.created_at', 'accounts.name', 'accounts.role'])
        .where('sessions.id', '=', idOf(token))
        // Somebody may have signed in at the very moment at which they were disabled.
        .where('accounts.disabled_at', 'is', null)
        .executeTakeFirst();
      if (row === undefined) return null;
      if (row.seen_at < ago(limits.idleMs) || row.created_at < ago(limits.absoluteMs)) return null;
      if (isUse && row.seen_at < ago(Math.min(seenEveryMs, limits.idleMs / 4)))
        await db.updateTable('sessions').set({ seen_at: clock.now().toISOString() }).where('id', '=', row.id).execute();
      return { name: row.name, role: row.role as Role };
    },
    end: async (token) => {
      await db.deleteFrom('sessions').where('id', '=', idOf(token)).execute();
    },
  };
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
