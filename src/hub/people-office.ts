import type { Kysely } from 'kysely';
import { credentialsOf } from './credentials.ts';
import type { Hub } from './hub.ts';
import type { HubTables } from './hub-schema.ts';
import type { HubStore, Replacing } from './hub-store.ts';
import type { Changed } from './people-desk.ts';
import type { PersonChange } from './person-change.ts';
import { changeOfPins } from './pins.ts';
import type { Suspension } from './suspensions.ts';

/** Somebody who is enrolled, without templates and hashes: what a list shows. */
export interface PersonListed {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Once nobody is suspended any more: what holds then. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly suspended: Pick<Suspension, 'since' | 'author' | 'reason'> | null;
  /** None for who is enrolled without a face. */
  readonly templates: number;
  /** Since when they have none any more; `null` for who has one, or never had one. */
  readonly faceErasedAt: string | null;
  /** By which embedders they can be known. */
  readonly embedders: readonly string[];
  readonly cards: number;
  readonly pin: boolean;
  /** Gallery version of the newest change. */
  readonly version: number;
}

/** Which people; what is left out does not matter. */
export interface PeopleFilter {
  /** Just this one. */
  readonly id?: string | undefined;
  readonly group?: string | undefined;
  /** In the id or the name, whatever the case. */
  readonly text?: string | undefined;
  readonly suspended?: boolean | undefined;
}

/** Who is enrolled, by id. Reads the books, and needs no broker; no template is looked at, so that it may be asked often. */
export async function listPeople(
  { db, suspensions, faceErasures }: Pick<HubStore, 'db' | 'suspensions' | 'faceErasures'>,
  filter: PeopleFilter = {},
): Promise<PersonListed[]> {
  const rows = await db
    .selectFrom('people')
    .select(['id', 'name', 'groups', 'valid_from', 'valid_until', 'version'])
    .where('erased', '=', 0)
    .$if(filter.id !== undefined, (query) => query.where('id', '=', filter.id as string))
    .orderBy('id')
    .execute();
  const [faces, credentials] = [await facesOf(db, filter.id), await credentialsOf(db)];
  const [suspended, erased] = [await suspensions(), await faceErasures()];
  return rows
    .map(({ id, valid_from, valid_until, ...row }): PersonListed => {
      const { cards = [], pinHash } = credentials.get(id) ?? {};
      const suspension = suspended.get(id);
      return {
        ...{ id, name: row.name, groups: JSON.parse(row.groups) },
        ...{ validFrom: valid_from, validUntil: valid_until },
        ...(suspension && { validFrom: suspension.validFrom, validUntil: suspension.validUntil }),
        suspended: suspension === undefined ? null : saidOf(suspension),
        ...(faces.get(id) ?? { embedders: [], templates: 0 }),
        faceErasedAt: erased.get(id)?.erasedAt ?? null,
        ...{ cards: cards.length, pin: pinHash !== undefined, version: Number(row.version) },
      };
    })
    .filter((person) => fits(person, filter));
}

/** Every group that somebody is in, in their order. */
export async function groupsInUse(db: Kysely<HubTables>): Promise<string[]> {
  const rows = await db.selectFrom('people').select('groups').distinct().where('erased', '=', 0).execute();
  return [...new Set(rows.flatMap(({ groups }): string[] => JSON.parse(groups)))].sort();
}

/** How many templates of which embedders there are of everybody, or of one person. */
async function facesOf(
  db: Kysely<HubTables>,
  id: string | undefined,
): Promise<Map<string, { readonly embedders: readonly string[]; readonly templates: number }>> {
  const rows = await db
    .selectFrom('templates')
    .select(({ fn }) => ['person_id', 'model', fn.countAll().as('templates')])
    .$if(id !== undefined, (query) => query.where('person_id', '=', id as string))
    .groupBy(['person_id', 'model'])
    .orderBy('model')
    .execute();
  const faces = new Map<string, { embedders: string[]; templates: number }>();
  for (const { person_id, model, templates } of rows) {
    const { embedders, templates: before } = faces.get(person_id) ?? { embedders: [], templates: 0 };
    faces.set(person_id, { embedders: [...embedders, model], templates: before + Number(templates) });
  }
  return faces;
}

/** Whether somebody is whom a filter names; where nobody says who is suspended, nobody is. */
export function fits(
  {
    id,
    name,
    groups,
    suspended = null,
  }: Pick<PersonListed, 'id' | 'name' | 'groups'> & Partial<Pick<PersonListed, 'suspended'>>,
  filter: PeopleFilter,
): boolean {
  const { group, text, suspended: wanted = suspended !== null } = filter;
  if ((filter.id ?? id) !== id || wanted !== (suspended !== null)) return false;
  const isIn = group === undefined || groups.includes(group);
  return isIn && (text === undefined || `${id}\n${name}`.toLowerCase().includes(text.toLowerCase()));
}

/**
 * Change what somebody has and may, PINs included.
 *
 * @throws LimenError as {@link Hub.change}, and `access.pin-invalid`.
 */
export async function changePerson(
  { hub, store }: { readonly hub: Hub; readonly store: HubStore },
  id: string,
  { pin = null, duressPin = null, ...change }: PersonChange & { pin?: string | null; duressPin?: string | null },
  how: Pick<Replacing, 'basedOn'> = {},
): Promise<Changed> {
  const known = (await store.person(id)) ?? {};
  return hub.change(id, { ...change, ...(await changeOfPins(known, { pin, duressPin })) }, how);
}

function saidOf({ since, author, reason }: Suspension) {
  return { since, author, reason };
}
