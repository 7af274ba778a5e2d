import type { Kysely } from 'kysely';
import type { HubTables } from './hub-schema.ts';

/** What people who are enrolled are called, by their ids; who was erased has no name. */
export async function namesOf(db: Kysely<HubTables>, ids: readonly string[]): Promise<Record<string, string>> {
  if (ids.length === 0) return {};
  const rows = await db
    .selectFrom('people')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .where('erased', '=', 0)
    .execute();
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}

/** Whom events are about, each once. */
export function peopleIn(events: readonly { readonly body: unknown }[]): string[] {
  const ids = events.map(({ body }) => (body as { readonly personId?: unknown } | null)?.personId);
  return [...new Set(ids.filter((id): id is string => typeof id === 'string'))];
}
