import type { Kysely } from 'kysely';
import type { Worker } from '../attendance/dated-terms.ts';
import { type GroupsSince, groupsKnownAt } from './group-history.ts';
import type { HubTables } from './hub-schema.ts';

/** Somebody as a report lists them. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  /** Those of now; of somebody who is gone none, whatever they were in before. */
  readonly groups: readonly string[];
  /** They are enrolled no more: since when (ISO 8601 UTC), or `null` where that is not known. */
  readonly gone?: { readonly since: string | null };
}

/** Everybody who is enrolled, or this one of them. */
export async function enrolledPeople(db: Kysely<HubTables>, personId?: string): Promise<Listed[]> {
  const rows = await db
    .selectFrom('people')
    .select(['id', 'name', 'groups'])
    .where('erased', '=', 0)
    .$if(personId !== undefined, (select) => select.where('id', '=', personId as string))
    .execute();
  return rows.map(({ id, name, groups }) => ({ id, name, groups: JSON.parse(groups) }));
}

/** The same people with the groups that the books had heard of until an instant. */
export async function workersOf(
  db: Kysely<HubTables>,
  { people, at }: { readonly people: readonly Listed[]; readonly at: Date },
): Promise<Worker[]> {
  const known = await groupsKnownAt(db, { at, personIds: people.map(({ id }) => id) });
  return people.map(({ id, name, groups }): Worker => {
    return { id, name, ...membership(known.get(id) ?? [{ since: '', groups }]) };
  });
}

/** The groups of the moment, and each before until the next. */
function membership(history: readonly GroupsSince[]): Pick<Worker, 'groups' | 'formerly'> {
  const { groups } = history.at(-1) as GroupsSince;
  if (history.length === 1) return { groups };
  const formerly = history
    .slice(1)
    .map(({ since }, i) => ({ until: since, groups: (history[i] as GroupsSince).groups }));
  return { groups, formerly };
}
