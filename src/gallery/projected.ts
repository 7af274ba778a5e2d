import { type Projection, projectTemplate } from '../domain/projection.ts';
import type { GallerySnapshot } from './gallery-store.ts';
import { perPerson } from './per-person.ts';

/**
 * A gallery in the space of a site's projection. It comes from the hub, and lies on the disk, as its embedder made it;
 * a gallery of another embedder stays as it is, and is refused wherever it is compared.
 */
export function projectSnapshot(projection: Projection | null, snapshot: GallerySnapshot): GallerySnapshot {
  if (projection === null || snapshot.embedder !== projection.base) return snapshot;
  const projected = perPerson(projection, (person) => ({
    ...person,
    templates: person.templates.map((template) =>
      template.model === projection.base ? projectTemplate(projection, template) : template,
    ),
  }));
  return { ...snapshot, embedder: projection.id, people: snapshot.people.map(projected) };
}
