import { hasFace, type Person } from '../domain/person.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';

/** What has to be forgotten from one gallery to the next. */
export interface Forgotten {
  /** As they were before. */
  readonly people: readonly Person[];
  /** What is to be journalled once nothing of them is left. */
  readonly receipts: readonly Receipt[];
}

interface Receipt {
  readonly kind: 'gallery.erased' | 'gallery.face-erased';
  readonly body: { readonly personId: string; readonly version: number };
}

/** Who is erased, and whose face is, between two galleries. */
export function forgottenBetween(before: GallerySnapshot | null, after: GallerySnapshot): Forgotten {
  const erased = erasedBetween(before, after);
  const faces = facesTakenBetween(before, after);
  return {
    people: [...erased, ...faces.map(({ was }) => was)],
    receipts: [
      ...erased.map(({ id }) => receipt('gallery.erased', id, after.erased[id] as number)),
      ...faces.map(({ is: { id, version } }) => receipt('gallery.face-erased', id, version)),
    ],
  };
}

/** `current` without what `next` forgets, and otherwise as it is; `null` when that changes nothing. */
export function withoutForgotten(current: GallerySnapshot | null, next: GallerySnapshot): GallerySnapshot | null {
  if (current === null) return null;
  const erased = new Set(erasedBetween(current, next));
  const faceless = new Map(facesTakenBetween(current, next).map(({ was, is }) => [was, is]));
  if (erased.size + faceless.size === 0) return null;
  const people = current.people.flatMap((person) => (erased.has(person) ? [] : [faceless.get(person) ?? person]));
  return { ...current, people, erased: { ...current.erased, ...next.erased } };
}

/** How many came, went and changed. */
export function differenceBetween(before: GallerySnapshot | null, after: GallerySnapshot) {
  const [theirs, ours] = withoutCommonEnds(before?.people ?? [], after.people);
  const old = new Map(theirs.map(({ id, version }) => [id, version]));
  const added = ours.filter(({ id }) => !old.has(id)).length;
  const changed = ours.filter(({ id, version }) => old.has(id) && old.get(id) !== version).length;
  const removed = old.size - (ours.length - added);
  const withoutFace = after.people.filter((person) => !hasFace(person)).length;
  return { version: after.version, people: after.people.length, withoutFace, added, changed, removed };
}

function receipt(kind: Receipt['kind'], personId: string, version: number): Receipt {
  return { kind, body: { personId, version } };
}

function erasedBetween(before: GallerySnapshot | null, after: GallerySnapshot): Person[] {
  if (before === null) return [];
  const isNew = Object.entries(after.erased).some(([id, version]) => before.erased[id] !== version);
  return isNew ? before.people.filter(({ id, version }) => (after.erased[id] ?? 0) > version) : [];
}

/** Who keeps a card and a PIN only. */
function facesTakenBetween(before: GallerySnapshot | null, after: GallerySnapshot): { was: Person; is: Person }[] {
  if (before === null) return [];
  const [theirs, ours] = withoutCommonEnds(before.people, after.people);
  const faceless = new Map(ours.flatMap((person) => (hasFace(person) ? [] : [[person.id, person] as const])));
  if (faceless.size === 0) return [];
  return theirs.filter(hasFace).flatMap((was) => {
    const is = faceless.get(was.id);
    return is === undefined ? [] : [{ was, is }];
  });
}

/** One person of many changes, mostly: there is no need to look at those before and behind. */
function withoutCommonEnds(a: readonly Person[], b: readonly Person[]): [readonly Person[], readonly Person[]] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}
