import type { Kysely, Transaction } from 'kysely';
import type { HubTables } from './hub-schema.ts';

/** That somebody's face was erased, while they stay enrolled. */
export interface FaceErasure {
  /** Of the record without it: terminals confirm this one, or a later one. */
  readonly version: number;
  /** ISO 8601 UTC. */
  readonly erasedAt: string;
}

/** Put it down, in place of an earlier one. */
export async function noteFaceErasure(
  tx: Transaction<HubTables>,
  personId: string,
  { version, erasedAt }: FaceErasure,
): Promise<void> {
  await forgetFaceErasure(tx, personId);
  await tx.insertInto('face_erasures').values({ person_id: personId, version, erased_at: erasedAt }).execute();
}

/** They have a face again, or are erased as a whole. */
export async function forgetFaceErasure(tx: Transaction<HubTables>, personId: string): Promise<void> {
  await tx.deleteFrom('face_erasures').where('person_id', '=', personId).execute();
}

/** By person id. */
export async function faceErasuresIn(db: Kysely<HubTables>): Promise<ReadonlyMap<string, FaceErasure>> {
  const rows = await db.selectFrom('face_erasures').selectAll().execute();
  return new Map(
    rows.map(({ person_id, version, erased_at: erasedAt }) => [person_id, { version: Number(version), erasedAt }]),
  );
}
