import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { Kysely } from 'kysely';
import { decodeTime, ulid } from 'ulid';
import type { Entry, EntrySaid } from '../attendance/facts.ts';
import type { Plan } from '../attendance/plan.ts';
import type { PlanVersion } from '../attendance/plan-version.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubKeyring } from './hub-keyring.ts';
import type { HubTables } from './hub-schema.ts';
import { takeTurn, transact } from './transact.ts';

/** What the office says: a plan, for all days or those from one on, or something about the books. */
export type Said = { readonly kind: 'plan'; readonly plan: Plan; readonly from?: string | undefined } | EntrySaid;

/** Who says it, and why. */
export interface Saying {
  readonly author: string;
  readonly reason: string;
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
  /** Everything said about these people, or about anybody, in order. @throws LimenError `attendance.statement-forged`. */
  entries(personIds?: readonly string[]): Promise<Entry[]>;
  /** Of all entries, those behind an id in the order of saying: what was said later is never in front. */
  entriesAfter(id: string, limit: number): Promise<Entry[]>;
  /** The entry of this id, or nothing. @throws LimenError `attendance.statement-forged`. */
  one(id: string): Promise<Entry[]>;
  /** Whoever was ever said to be in groups from a day on, and whose moves were taken back, by what was said behind an id. */
  movedAfter(id: string): Promise<{ readonly people: readonly string[]; readonly last: string }>;
  /** Every plan set until an instant, in the order of setting. @throws LimenError `attendance.statement-forged`. */
  plansSet(until: Date): Promise<PlanVersion[]>;
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
    entries: async (personIds) => {
      const rows = await db
        .selectFrom('statements')
        .select(['id', 'jws', 'person_id'])
        .where('kind', '!=', 'plan')
        .$if(personIds !== undefined, (select) => select.where('person_id', 'in', personIds as string[]))
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
    movedAfter: async (id) => {
      const rows = await db
        .selectFrom('statements')
        .select(['id', 'person_id'])
        .where('kind', 'in', ['groups', 'reverse'])
        .where('id', '>', id)
        .orderBy('id')
        .execute();
      return { people: [...new Set(rows.flatMap((row) => row.person_id ?? []))], last: rows.at(-1)?.id ?? id };
    },
    plansSet: async (until) => {
      const rows = await db
        .selectFrom('statements')
        .select(['id', 'jws', 'person_id'])
        .where('kind', '=', 'plan')
        .where('recorded_at', '<=', until.toISOString())
        .orderBy('id')
        .execute();
      return Promise.all(rows.map(opened)) as unknown as Promise<PlanVersion[]>;
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
