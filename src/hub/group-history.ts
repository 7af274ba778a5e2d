import type { Kysely, Transaction } from 'kysely';
import type { GalleryRecord } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';

/** The groups of somebody who is enrolled, as text; `null` for anybody else. */
export async function groupsOf(tx: Transaction<HubTables>, id: string): Promise<string | null> {
  const enrolled = tx.selectFrom('people').select('groups').where('id', '=', id).where('erased', '=', 0);
  return (await enrolled.executeTakeFirst())?.groups ?? null;
}

/**
 * Remember in which groups somebody is from now on, if those are not the groups `before`; whoever is erased was never in
 * any.
 */
export async function noteGroups(
  tx: Transaction<HubTables>,
  record: GalleryRecord,
  { before, now }: { readonly before: string | null; readonly now: Date },
): Promise<void> {
  const { id } = record;
  if (record.kind === 'erased') {
    await tx.deleteFrom('group_history').where('person_id', '=', id).execute();
    return;
  }
  const groups = JSON.stringify(record.person.groups);
  if (groups === before) return;
  const newest = await tx
    .selectFrom('group_history')
    .select('since')
    .where('person_id', '=', id)
    .orderBy('since', 'desc')
    .limit(1)
    .executeTakeFirst();
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
 * Which of these people was in which groups since when, oldest first, as the books heard of it until an instant; before the
 * first that is known of somebody, they were in those. Whoever is erased was never in any.
 */
export async function groupsKnownAt(
  db: Kysely<HubTables>,
  { at, personIds }: { readonly at: Date; readonly personIds: readonly string[] },
): Promise<ReadonlyMap<string, GroupsSince[]>> {
  const rows = await db
    .selectFrom('group_history')
    .selectAll()
    .where('person_id', 'in', personIds)
    .orderBy('person_id')
    .orderBy('since')
    .execute();
  const known = new Map<string, GroupsSince[]>();
  const instant = at.toISOString();
  for (const { person_id, since, groups } of rows) {
    const own = known.get(person_id);
    if (own === undefined) known.set(person_id, [{ since, groups: JSON.parse(groups) }]);
    else if (since <= instant) own.push({ since, groups: JSON.parse(groups) });
  }
  return known;
}
