import type { Kysely, Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import type { HubTables } from './hub-schema.ts';

/** What somebody may prove who they are with, besides the face, and what they need at a door. */
export type Credentials = Pick<Person, 'pinHash' | 'duressPinHash' | 'cards' | 'extendedPulse'>;

/**
 * Put down what a person has; what they have no more is gone.
 *
 * @throws LimenError `person.card-taken` when a card is somebody else's.
 */
export async function writeCredentials(
  tx: Transaction<HubTables>,
  person: Pick<Person, 'id'> & Credentials,
): Promise<void> {
  const { id, pinHash = null, duressPinHash = null, cards = [], extendedPulse = false } = person;
  await assertFree(tx, id, cards);
  await deleteCredentials(tx, id);
  if (pinHash === null && duressPinHash === null && cards.length === 0 && !extendedPulse) return;
  const row = { person_id: id, pin_hash: pinHash, duress_pin_hash: duressPinHash };
  await tx
    .insertInto('credentials')
    .values({ ...row, cards: JSON.stringify(cards), extended_pulse: extendedPulse ? 1 : 0 })
    .execute();
}

export async function deleteCredentials(tx: Transaction<HubTables>, personId: string): Promise<void> {
  await tx.deleteFrom('credentials').where('person_id', '=', personId).execute();
}

/** Everyone's, by person id. */
export async function credentialsOf(db: Kysely<HubTables>): Promise<ReadonlyMap<string, Credentials>> {
  return credentialsIn(await db.selectFrom('credentials').selectAll().execute());
}

/** What some rows say, by person id. */
export function credentialsIn(rows: readonly HubTables['credentials'][]): ReadonlyMap<string, Credentials> {
  return new Map(rows.map((row) => [row.person_id, credentialsFrom(row)]));
}

function credentialsFrom(row: HubTables['credentials']): Credentials {
  const cards: string[] = JSON.parse(row.cards);
  return {
    ...(row.pin_hash !== null && { pinHash: row.pin_hash }),
    ...(row.duress_pin_hash !== null && { duressPinHash: row.duress_pin_hash }),
    ...(cards.length > 0 && { cards }),
    ...(row.extended_pulse === 1 && { extendedPulse: true }),
  };
}

async function assertFree(tx: Transaction<HubTables>, personId: string, cards: readonly string[]): Promise<void> {
  if (cards.length === 0) return;
  for (const [owner, { cards: theirs = [] }] of await credentialsOf(tx)) {
    const taken = owner === personId ? undefined : theirs.find((card) => cards.includes(card));
    if (taken === undefined) continue;
    throw new LimenError('person.card-taken', `The card ${taken} belongs to ${owner}.`, {
      hint: `Take it from ${owner} first, with --card and the cards that stay.`,
    });
  }
}
