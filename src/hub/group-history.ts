import type { Kysely, Transaction } from 'kysely';
import type { GalleryRecord } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { hasPunched } from './punch-book.ts';

/** The groups of somebody who is enrolled, as text; `null` for anybody else. */
export async function groupsOf(tx: Transaction<HubTables>, id: string): Promise<string | null> {
  const enrolled = tx.selectFrom('people').select('groups').where('id', '=', id).where('erased', '=', 0);
  return (await enrolled.executeTakeFirst())?.groups ?? null;
}

/**
 * Remember in which groups somebody is from now on, if those are not the groups `before`. Of whoever is erased, the groups
 * that their pay rests on stay, closed by a row that says since when they are in none; where no working time is kept, nothing.
 */
export async function noteGroups(
  tx: Transaction<HubTables>,
  record: GalleryRecord,
  { before, now }: { readonly before: string | null; readonly now: Date },
): Promise<void> {
  const { id } = record;
  const groups = record.kind === 'erased' ? '[]' : JSON.stringify(record.person.groups);
  if (record.kind === 'erased' && !(await hasWorkingTime(tx, id))) {
    await tx.deleteFrom('group_history').where('person_id', '=', id).execute();
    return;
  }
  if (record.kind === 'person' && groups === before) return;
  const newest = await tx
    .selectFrom('group_history')
    .select('since')
    .where('person_id', '=', id)
    .orderBy('since', 'desc')
    .limit(1)
    .executeTakeFirst();
  const since = behind(newest?.since ?? '', { now, ofItsOwn: record.kind === 'erased' });
  await tx
    .insertInto('group_history')
    .values({ person_id: id, since, groups })
    .onConflict((on) => on.columns(['person_id', 'since']).doUpdateSet({ groups }))
    .execute();
}

/** A clock that went back since must not put the newest behind what it replaces; with `ofItsOwn`, nor in its place. */
function behind(newest: string, { now, ofItsOwn }: { readonly now: Date; readonly ofItsOwn: boolean }): string {
  const since = now.toISOString();
  if (newest < since) return since;
  return ofItsOwn ? new Date(Date.parse(newest) + 1).toISOString() : newest;
}

/** Whether the books have to keep anything that somebody may be paid by. */
async function hasWorkingTime(tx: Transaction<HubTables>, id: string): Promise<boolean> {
  if (await hasPunched(tx, id)) return true;
  const said = tx.selectFrom('statements').select('id').where('person_id', '=', id).limit(1);
  return (await said.executeTakeFirst()) !== undefined;
}

/** Since when (ISO 8601 UTC) people are erased whose groups are kept, by their ids. */
export async function erasedSince(db: Kysely<HubTables>, personId?: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('group_history')
    .innerJoin('people', 'people.id', 'group_history.person_id')
    .select(({ fn }) => ['person_id', fn.max('since').as('since')])
    .where('erased', '=', 1)
    .$if(personId !== undefined, (select) => select.where('person_id', '=', personId as string))
    .groupBy('person_id')
    .execute();
  return new Map(rows.map(({ person_id, since }) => [person_id, since]));
}

/** In which groups somebody is since when (ISO 8601 UTC). */
export interface GroupsSince {
  readonly since: string;
  readonly groups: readonly string[];
}

/**
 * Which of these people was in which groups since when, oldest first, as the books heard of it until an instant; before the
 * first that is known of somebody, they were in those. That somebody was erased moved them nowhere.
 */
export async function groupsKnownAt(
  db: Kysely<HubTables>,
  { at, personIds }: { readonly at: Date; readonly personIds: readonly string[] },
): Promise<ReadonlyMap<string, GroupsSince[]>> {
  const rows = await db
    .selectFrom('group_history')
    .innerJoin('people', 'people.id', 'group_history.person_id')
    .select(['person_id', 'since', 'group_history.groups', 'erased'])
    .where('person_id', 'in', personIds)
    .orderBy('person_id')
    .orderBy('since')
    .execute();
  const known = new Map<string, GroupsSince[]>();
  const instant = at.toISOString();
  for (const [i, { person_id, since, groups, erased }] of rows.entries()) {
    if (erased && rows[i + 1]?.person_id !== person_id) continue;
    const own = known.get(person_id);
    if (own === undefined) known.set(person_id, [{ since, groups: JSON.parse(groups) }]);
    else if (since <= instant) own.push({ since, groups: JSON.parse(groups) });
  }
  return known;
}
