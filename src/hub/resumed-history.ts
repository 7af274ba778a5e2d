import type { Kysely } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from './hub-schema.ts';
import { latestRules } from './rules-book.ts';
import { takeTurn, transact } from './transact.ts';

/** How far a site is by what others of it say: the broker's own memory, and the terminals. 0 where nobody says anything. */
export interface Reached {
  /** Version of the gallery. */
  readonly gallery: number;
  readonly rules: number;
  /** Version of the list of terminals. */
  readonly roster: number;
}

/** With which versions a history goes on. */
export interface Resumption extends Reached {
  /** Records that were numbered anew, the tombstones included. */
  readonly records: number;
}

/** Who says that the site is further than the books. */
export type Witness = 'head' | 'terminal';

/** How far a witness has heard of. */
const keyOf = { head: 'overtaken', terminal: 'outrun' } as const satisfies Record<Witness, HubTables['meta']['key']>;

/**
 * What nobody has told of is more than nothing: a terminal that is switched off may have more than the others, and a
 * broker that was set up anew remembers nothing. No site changes its gallery a million times between two backups.
 */
const leap = { gallery: 1_000_000, rules: 1000, roster: 1000 } as const;

/** The version from which the history was taken up again, the last time; 0 where it never was. */
export async function resumedAt(db: Kysely<HubTables>): Promise<number> {
  return (await numberIn(db, 'resumed')) ?? 0;
}

/** The newest version that a witness has spoken of while the books were older; `null` where they never were, or go on above it. */
export function overtakenBy(db: Kysely<HubTables>, witness: Witness): Promise<number | null> {
  return numberIn(db, keyOf[witness]);
}

/**
 * Remember that the books are an old copy, however much is changed in them from now on: those changes have numbers that
 * terminals take for old. `true` when that is news.
 */
export async function noteOvertaken(db: Kysely<HubTables>, witness: Witness, version: number): Promise<boolean> {
  const key = keyOf[witness];
  const before = await numberIn(db, key);
  if (before !== null && before >= version) return false;
  await putNumber(db, key, version);
  return before === null;
}

/**
 * Go on above everything that the site has reached: every record of the gallery, the tombstones included, the rules in
 * force and the list of terminals get new versions, in their order, in one transaction. After a restore nothing else
 * would be taken by terminals that know of later versions.
 */
export function resumeHistory(db: Kysely<HubTables>, reached: Reached, now: Date): Promise<Resumption> {
  return transact(db, async (tx) => {
    await takeTurn(tx);
    const own = Number(await numberIn(tx, 'version'));
    const base = Math.max(own, reached.gallery) + leap.gallery;
    const { first, records } = await tx
      .selectFrom('people')
      .select(({ fn }) => [fn.min('version').as('first'), fn.countAll().as('records')])
      .executeTakeFirstOrThrow();
    const shift = base + 1 - Number(first ?? own + 1);
    await tx
      .updateTable('people')
      .set((eb) => ({ version: eb('version', '+', shift) }))
      .execute();
    // By them it is known which terminals have confirmed that a face is gone: what they said before counts for nothing.
    await tx
      .updateTable('face_erasures')
      .set((eb) => ({ version: eb('version', '+', shift) }))
      .execute();
    await putNumber(tx, 'version', own + shift);
    await putNumber(tx, 'resumed', base);
    const roster = Math.max(Number(await numberIn(tx, 'roster')), reached.roster) + leap.roster;
    await putNumber(tx, 'roster', roster);
    const rules = await resumeRules(tx, reached.rules, now);
    await tx.deleteFrom('meta').where('key', 'in', Object.values(keyOf)).execute();
    return { gallery: own + shift, rules, roster, records: Number(records) };
  });
}

async function resumeRules(tx: Kysely<HubTables>, reached: number, now: Date): Promise<number> {
  const latest = await latestRules(tx);
  if (latest === null) return 0;
  const version = Math.max(latest.version, reached) + leap.rules;
  const row = { version, set_at: now.toISOString(), rules: JSON.stringify(latest.rules) };
  await tx.insertInto('rules').values(row).execute();
  return version;
}

/** For whoever would publish an old copy of the books. `who` is a subject with its verb. */
export function overtaken(who: string, known: number, own: number): LimenError {
  return new LimenError(
    'gallery.rollback',
    `${who} gallery version ${known}, which these books (version ${own}) never had: they are an old copy.`,
    {
      hint: 'Restore the newest backup of the hub. If it is the newest, erase again whoever was erased since, then: limen hub resume --config hub.yaml. See docs/backup.md.',
    },
  );
}

async function numberIn(db: Kysely<HubTables>, key: HubTables['meta']['key']): Promise<number | null> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

async function putNumber(db: Kysely<HubTables>, key: HubTables['meta']['key'], value: number): Promise<void> {
  const row = { key, value: String(value) };
  await db
    .insertInto('meta')
    .values(row)
    .onConflict((on) => on.column('key').doUpdateSet({ value: row.value }))
    .execute();
}
