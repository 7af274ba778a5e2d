import type { Kysely, Transaction } from 'kysely';
import type { GalleryRecord } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';

/** Remember in which groups somebody is from now on; whoever is erased was never in any. */
export async function noteGroups(tx: Transaction<HubTables>, record: GalleryRecord, now: Date): Promise<void> {
  const { id } = record;
  if (record.kind === 'erased') {
    await tx.deleteFrom('group_history').where('person_id', '=', id).execute();
    return;
  }
  const groups = JSON.stringify(record.person.groups);
  const newest = await tx
    .selectFrom('group_history')
    .select(['since', 'groups'])
    .where('person_id', '=', id)
    .orderBy('since', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest?.groups === groups) return;
  // A clock that went back since must not put the newest behind what it replaces.
  const since = [now.toISOString(), newest?.since ?? ''].sort()[1] as string;
  await tx
    .insertInto('group_history')
    .values({ person_id: id, since, groups })
    .onConflict((on) => on.columns(['person_id', 'since']).doUpdateSet({ groups }))
    .execute();
}

/** In which groups somebody is since when (ISO 8601 UTC). */
export interface GroupsSince {
  readonly since: string;
  readonly groups: readonly string[];
}

/**
 * Who was in which groups since when, oldest first, as the books knew it at an instant; before the first that is known of
 * somebody, they were in those. Whoever is erased was never in any.
 */
export async function groupsKnownAt(db: Kysely<HubTables>, at: Date): Promise<ReadonlyMap<string, GroupsSince[]>> {
  const rows = await db.selectFrom('group_history').selectAll().orderBy('person_id').orderBy('since').execute();
  const known = new Map<string, GroupsSince[]>();
  const instant = at.toISOString();
  for (const { person_id, since, groups } of rows) {
    const own = known.get(person_id);
    if (own === undefined) known.set(person_id, [{ since, groups: JSON.parse(groups) }]);
    else if (since <= instant) own.push({ since, groups: JSON.parse(groups) });
  }
  return known;
}
