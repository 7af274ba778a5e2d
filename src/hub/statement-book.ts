import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { Kysely } from 'kysely';
import { decodeTime, ulid } from 'ulid';
import type { Entry, EntrySaid } from '../attendance/facts.ts';
import type { Plan } from '../attendance/plan.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubKeyring } from './hub-keyring.ts';
import type { HubTables } from './hub-schema.ts';
import { takeTurn, transact } from './transact.ts';

/** What the office says: a plan that holds from its saying on, or something about the books. */
export type Said = { readonly kind: 'plan'; readonly plan: Plan } | EntrySaid;

/** Who says it, and why. */
export interface Saying {
  readonly author: string;
  readonly reason: string;
}

/** A plan as it was set. */
export interface PlanSet extends Saying {
  readonly id: string;
  readonly recordedAt: string;
  readonly plan: Plan;
}

export interface StatementBookOptions {
  readonly db: Kysely<HubTables>;
  readonly keys: Pick<HubKeyring, 'signing' | 'hub' | 'former'>;
  readonly clock: Clock;
}

/** What was said about working time: signed, in order, and never altered. */
export interface StatementBook {
  /** Write down what somebody says; `personId` is whom it is about. Returns its id. */
  say(said: Said, by: Saying & { readonly personId: string | null }): Promise<string>;
  /** Everything said about somebody, or about anybody, in order. @throws LimenError `attendance.statement-forged`. */
  entries(personId?: string): Promise<Entry[]>;
  /** Of all entries, those behind an id in the order of saying: what was said later is never in front. */
  entriesAfter(id: string, limit: number): Promise<Entry[]>;
  /** The entry of this id, or nothing. @throws LimenError `attendance.statement-forged`. */
  one(id: string): Promise<Entry[]>;
  /** The plan that was in force at an instant. `null` before the first. @throws LimenError `attendance.statement-forged`. */
  planAt(at: Date): Promise<PlanSet | null>;
}

const type = 'limen-attendance';

/** The book in the hub's database. */
export function statementBook({ db, keys, clock }: StatementBookOptions): StatementBook {
  const opened = async ({ id, jws, person_id }: Pick<HubTables['statements'], 'id' | 'jws' | 'person_id'>) => {
    const content = await verified(jws, keys).catch((cause) => {
      throw forged(id, cause);
    });
    // What it is found by belongs to it: a true statement in another place would be another statement.
    if (content.id !== id || content.about !== person_id) throw forged(id);
    return content;
  };
  return {
    say: (said, { author, reason, personId }) =>
      transact(db, async (tx) => {
        await takeTurn(tx);
        const last = await tx.selectFrom('statements').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
        const nowMs = clock.now().getTime();
        const id = ulid(last === undefined ? nowMs : Math.max(nowMs, decodeTime(last.id) + 1));
        const recordedAt = new Date(nowMs).toISOString();
        const text = JSON.stringify({ ...said, id, about: personId, recordedAt, author, reason });
        const jws = await new CompactSign(Buffer.from(text))
          .setProtectedHeader({ alg: 'EdDSA', kid: keys.signing.id, typ: type })
          .sign(keys.signing.key);
        const row = { id, kind: said.kind, person_id: personId, recorded_at: recordedAt, jws };
        await tx.insertInto('statements').values(row).execute();
        return id;
      }),
    entries: async (personId) => {
      const rows = await db
        .selectFrom('statements')
        .select(['id', 'jws', 'person_id'])
        .where('kind', '!=', 'plan')
        .$if(personId !== undefined, (select) => select.where('person_id', '=', personId as string))
        .orderBy('id')
        .execute();
      return Promise.all(rows.map(opened)) as Promise<Entry[]>;
    },
    entriesAfter: async (id, limit) => {
      const rows = await db
        .selectFrom('statements')
        .select(['id', 'jws', 'person_id'])
        .where('kind', '!=', 'plan')
        .where('id', '>', id)
        .orderBy('id')
        .limit(limit)
        .execute();
      return Promise.all(rows.map(opened)) as Promise<Entry[]>;
    },
    one: async (id) => {
      const rows = await db
        .selectFrom('statements')
        .select(['id', 'jws', 'person_id'])
        .where('kind', '!=', 'plan')
        .where('id', '=', id)
        .execute();
      return Promise.all(rows.map(opened)) as Promise<Entry[]>;
    },
    planAt: async (at) => {
      const row = await db
        .selectFrom('statements')
        .select(['id', 'jws', 'person_id'])
        .where('kind', '=', 'plan')
        .where('recorded_at', '<=', at.toISOString())
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : ((await opened(row)) as unknown as PlanSet);
    },
  };
}

async function verified(
  jws: string,
  keys: StatementBookOptions['keys'],
): Promise<{ readonly id: string; readonly about: string | null }> {
  if (decodeProtectedHeader(jws).typ !== type) throw new Error('it is something else that the hub signed');
  const known = [...keys.hub, ...keys.former];
  const keyOf = ({ kid }: { kid?: string }) => {
    const key = known.find(({ id }) => id === kid)?.key;
    if (key === undefined) throw new Error('it names a key that was never of this hub');
    return key;
  };
  const { payload } = await compactVerify(jws, keyOf, { algorithms: ['EdDSA'] });
  return JSON.parse(Buffer.from(payload).toString('utf8'));
}

function forged(id: string, cause?: unknown): LimenError {
  return new LimenError(
    'attendance.statement-forged',
    `Statement ${id} about working time was not signed by this hub.`,
    {
      hint: 'Somebody wrote into the database, or its keys are of another hub: restore both from the same backup.',
      cause,
    },
  );
}
