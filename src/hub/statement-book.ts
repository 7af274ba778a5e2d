import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { Kysely } from 'kysely';
import { decodeTime, ulid } from 'ulid';
import type { Entry, EntrySaid } from '../attendance/facts.ts';
import type { Plan } from '../attendance/plan.ts';
import { type PlanSaid, type PlanVersion, plansInForce } from '../attendance/plan-version.ts';
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
  /** Write down what somebody says; `personId` is whom it is about, `null` for a plan and whatever takes one back. Returns its id. */
  say(said: Said, by: Saying & { readonly personId: string | null }): Promise<string>;
  /** Everything said, about people and about plans, in order. @throws LimenError `attendance.statement-forged`. */
  all(): Promise<(Entry | PlanSaid)[]>;
  /** Everything said about these people, or about anybody, in order. @throws LimenError `attendance.statement-forged`. */
  entries(personIds?: readonly string[]): Promise<Entry[]>;
  /** Of all entries, those behind an id in the order of saying: what was said later is never in front. */
  entriesAfter(id: string, limit: number): Promise<Entry[]>;
  /** The entry of this id, or nothing. @throws LimenError `attendance.statement-forged`. */
  one(id: string): Promise<Entry[]>;
  /** Whoever was ever said to be in groups from a day on, and whose moves were taken back, by what was said behind an id. */
  movedAfter(id: string): Promise<{ readonly people: readonly string[]; readonly last: string }>;
  /** Whether there is a statement of this id that is about a plan. */
  isAboutPlan(id: string): Promise<boolean>;
  /** What was said about plans until an instant, in order. @throws LimenError `attendance.statement-forged`. */
  aboutPlans(until: Date): Promise<PlanSaid[]>;
  /** Every plan set until an instant and not taken back by then, in the order of setting. @throws as {@link aboutPlans}. */
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
  const inOrder = () => db.selectFrom('statements').select(['id', 'jws', 'person_id']).orderBy('id');
  const aboutPeople = () => inOrder().where('person_id', 'is not', null);
  const aboutPlans = async (until: Date) => {
    const rows = await inOrder()
      .where('person_id', 'is', null)
      .where('recorded_at', '<=', until.toISOString())
      .execute();
    return Promise.all(rows.map(opened)) as unknown as Promise<PlanSaid[]>;
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
    all: async () => Promise.all((await inOrder().execute()).map(opened)) as Promise<(Entry | PlanSaid)[]>,
    entries: async (personIds) => {
      const rows = await aboutPeople()
        .$if(personIds !== undefined, (select) => select.where('person_id', 'in', personIds as string[]))
        .execute();
      return Promise.all(rows.map(opened)) as Promise<Entry[]>;
    },
    entriesAfter: async (id, limit) => {
      const rows = await aboutPeople().where('id', '>', id).limit(limit).execute();
      return Promise.all(rows.map(opened)) as Promise<Entry[]>;
    },
    one: async (id) => {
      const rows = await aboutPeople().where('id', '=', id).execute();
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
    isAboutPlan: async (id) => {
      const row = await inOrder().where('id', '=', id).executeTakeFirst();
      return row !== undefined && row.person_id === null;
    },
    aboutPlans,
    plansSet: async (until) => plansInForce(await aboutPlans(until)),
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
