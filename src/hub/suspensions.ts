import type { Kysely, Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { GalleryRecord } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { recordsOf, unknownPerson } from './people-table.ts';

/** That somebody may pass nowhere for now. */
export interface Suspension {
  /** ISO 8601. */
  readonly since: string;
  readonly author: string;
  readonly reason: string;
  /** The validity that they have again afterwards. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

/** Whose row is changed, to which version of the gallery. */
interface Change {
  readonly id: string;
  readonly version: number;
  readonly lineage: string;
}

/** Terminals' clocks may be wrong, even decades: whoever was valid until here is valid on none of them. */
export const beforeEveryClock = '1970-01-01T00:00:00.000Z';

/** Take somebody's validity, and write down what it was. @throws LimenError `person.unknown`, `person.suspended`. */
export async function suspendPerson(
  tx: Transaction<HubTables>,
  { since, author, reason, ...change }: Change & { since: Date; author: string; reason: string },
): Promise<GalleryRecord> {
  const { id } = change;
  const person = await enrolled(tx, id);
  if (await suspensionOf(tx, id)) throw refused(`${id} is suspended already.`, 'See `limen people list`.');
  const { valid_from, valid_until } = person;
  const row = { person_id: id, since: since.toISOString(), author, reason, valid_from, valid_until };
  await tx.insertInto('suspensions').values(row).execute();
  return setValidity(tx, change, { valid_from: null, valid_until: beforeEveryClock });
}

/** Give it back. @throws LimenError `person.unknown`, `person.suspended` for somebody who is not. */
export async function resumePerson(tx: Transaction<HubTables>, change: Change): Promise<GalleryRecord> {
  const { id } = change;
  await enrolled(tx, id);
  const suspension = await suspensionOf(tx, id);
  if (suspension === null) throw refused(`${id} is not suspended.`, 'See `limen people list`.');
  const { validFrom: valid_from, validUntil: valid_until } = suspension;
  await tx.deleteFrom('suspensions').where('person_id', '=', id).execute();
  return setValidity(tx, change, { valid_from, valid_until });
}

/** Somebody's suspension; `null` for who has none. */
export async function suspensionOf(db: Kysely<HubTables>, personId: string): Promise<Suspension | null> {
  const row = await db.selectFrom('suspensions').selectAll().where('person_id', '=', personId).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** Everybody's, by person id. */
export async function suspensionsIn(db: Kysely<HubTables>): Promise<ReadonlyMap<string, Suspension>> {
  const rows = await db.selectFrom('suspensions').selectAll().execute();
  return new Map(rows.map((row) => [row.person_id, fromRow(row)]));
}

/**
 * Validity is what a suspension takes and gives back: nobody changes it in between.
 *
 * @throws LimenError `person.suspended`.
 */
export async function assertNotSuspended(db: Kysely<HubTables>, personId: string): Promise<void> {
  if ((await suspensionOf(db, personId)) === null) return;
  throw refused(
    `${personId} is suspended: when they are valid can be changed afterwards.`,
    `limen people resume ${personId} --config hub.yaml`,
  );
}

async function enrolled(tx: Transaction<HubTables>, id: string): Promise<HubTables['people']> {
  const row = await tx.selectFrom('people').selectAll().where('id', '=', id).where('erased', '=', 0).executeTakeFirst();
  if (row === undefined) throw unknownPerson(id);
  return row;
}

async function setValidity(
  tx: Transaction<HubTables>,
  { id, version, lineage }: Change,
  validity: Pick<HubTables['people'], 'valid_from' | 'valid_until'>,
): Promise<GalleryRecord> {
  await tx
    .updateTable('people')
    .set({ ...validity, version })
    .where('id', '=', id)
    .execute();
  const [record] = await recordsOf(tx, lineage, { id });
  return record as GalleryRecord;
}

function fromRow(row: HubTables['suspensions']): Suspension {
  const { since, author, reason, valid_from: validFrom, valid_until: validUntil } = row;
  return { since, author, reason, validFrom, validUntil };
}

function refused(message: string, hint: string): LimenError {
  return new LimenError('person.suspended', message, { hint });
}
