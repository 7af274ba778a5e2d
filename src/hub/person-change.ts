import type { Person } from '../domain/person.ts';
import type { NewPerson } from './hub-store.ts';

/** What of a person can be changed without new pictures; what is left out stays as it is, `null` takes it away. */
export type PersonChange = {
  readonly [K in Exclude<keyof NewPerson, 'id' | 'templates' | 'pictureNames'>]?: NewPerson[K] | null;
};

/** Whether it is about the time within which somebody may pass. */
export function touchesValidity({ validFrom, validUntil }: PersonChange): boolean {
  return validFrom !== undefined || validUntil !== undefined;
}

/** A person after a change: `null` takes away what may be missing; groups and validity have a word of their own for it. */
export function changed(person: Person, { name, groups, validFrom, validUntil, ...more }: PersonChange): Person {
  const next: Record<string, unknown> = { ...person };
  for (const [key, value] of Object.entries(more)) {
    if (value === null) delete next[key];
    else if (value !== undefined) next[key] = value;
  }
  if (name != null) next.name = name;
  if (groups !== undefined) next.groups = groups ?? [];
  if (validFrom !== undefined) next.validFrom = validFrom;
  if (validUntil !== undefined) next.validUntil = validUntil;
  return next as unknown as Person;
}
