import type { Person } from '../domain/person.ts';
import type { GallerySnapshot } from './gallery-store.ts';

/** What makes one gallery out of another. */
export interface GalleryChanges {
  /** The later gallery with only those people and tombstones that the earlier one does not have like that. */
  readonly part: GallerySnapshot;
  /** Who is not in the later one any more. */
  readonly gone: readonly string[];
}

/** Whether people are in the order that {@link withChanges} puts them in: by id. */
export function areSorted(people: readonly Person[]): boolean {
  return people.every(({ id }, i) => i === 0 || people[i - 1]!.id < id);
}

/**
 * What of `next` differs from `base`, whose people must be sorted; the same object is the same person. `null` where the
 * whole gallery is to be written: another lineage, more than `most` differences, another order of people.
 */
export function changesBetween(base: GallerySnapshot, next: GallerySnapshot, most: number): GalleryChanges | null {
  if (base.lineage !== next.lineage) return null;
  if (Object.keys(base.erased).some((id) => next.erased[id] === undefined)) return null;
  const erased = Object.entries(next.erased).filter(([id, version]) => base.erased[id] !== version);
  const [before, after] = [base.people, next.people];
  const changed: Person[] = [];
  const gone: string[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const [old, young] = [before[i], after[j]];
    if (old !== young) {
      const isGone = young === undefined || (old !== undefined && old.id < young.id);
      if (isGone) gone.push(old!.id);
      else if (!isBetweenNeighbours(after, j)) return null;
      else changed.push(young);
      if (changed.length + gone.length > most) return null;
      if (old !== undefined && (isGone || old.id === young?.id)) i++;
      if (!isGone) j++;
    } else {
      i++;
      j++;
    }
  }
  return { part: { ...next, people: changed, erased: Object.fromEntries(erased) }, gone };
}

/** The later gallery that {@link changesBetween} was asked about. */
export function withChanges(base: GallerySnapshot, { part, gone }: GalleryChanges): GallerySnapshot {
  const people = new Map(base.people.map((person) => [person.id, person]));
  for (const id of gone) people.delete(id);
  for (const person of part.people) people.set(person.id, person);
  const { embedders: _before, ...rest } = base;
  return {
    ...rest,
    ...part,
    people: [...people.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    erased: { ...base.erased, ...part.erased },
  };
}

function isBetweenNeighbours(people: readonly Person[], at: number): boolean {
  const [left, own, right] = [people[at - 1], people[at]!, people[at + 1]];
  return (left === undefined || left.id < own.id) && (right === undefined || own.id < right.id);
}
