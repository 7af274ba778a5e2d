import { type GlimpseSpace, partOf } from '../domain/glimpse.ts';
import type { GallerySnapshot } from './gallery-store.ts';
import { perPerson } from './per-person.ts';

/** The same people as a glimpse can meet them. Templates of another embedder are left out: they are matched nowhere. */
export function glimpsedSnapshot(space: GlimpseSpace, snapshot: GallerySnapshot): GallerySnapshot {
  const glimpsed = perPerson(space, (person) => ({
    ...person,
    templates: person.templates.flatMap((template) => (template.model === space.base ? partOf(template, space) : [])),
  }));
  return { ...snapshot, embedder: space.id, people: snapshot.people.map(glimpsed) };
}
