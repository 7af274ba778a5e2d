import type { Hub } from './hub.ts';
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
  readonly group?: string | undefined;
  /** In the id or the name, whatever the case. */
  readonly text?: string | undefined;
  readonly suspended?: boolean | undefined;
}

/** Who is enrolled, by id. Reads the books, and needs no broker. */
export async function listPeople(store: HubStore, filter: PeopleFilter = {}): Promise<PersonListed[]> {
  const [people, suspensions] = [await store.people(), await store.suspensions()];
  const faceErasures = await store.faceErasures();
  return people
    .map((person): PersonListed => {
      const { id, name, groups, templates, cards = [], pinHash, version } = person;
      const suspension = suspensions.get(id);
      const { validFrom, validUntil } = suspension ?? person;
      return {
        ...{ id, name, groups, validFrom, validUntil, version },
        suspended: suspension === undefined ? null : saidOf(suspension),
        embedders: [...new Set(templates.map(({ model }) => model))],
        faceErasedAt: faceErasures.get(id)?.erasedAt ?? null,
        ...{ templates: templates.length, cards: cards.length, pin: pinHash !== undefined },
      };
    })
    .filter((person) => fits(person, filter))
    .filter(({ suspended }) => filter.suspended === undefined || (suspended !== null) === filter.suspended);
}

/** Whether somebody is in the group, and called by the text, that a filter names. */
export function fits(
  { id, name, groups }: Pick<PersonListed, 'id' | 'name' | 'groups'>,
  { group, text }: Pick<PeopleFilter, 'group' | 'text'>,
): boolean {
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
