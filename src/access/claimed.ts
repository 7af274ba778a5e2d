import type { Person } from '../domain/person.ts';
import { Gallery } from '../gallery/gallery.ts';
import { openPlainMatcher } from '../gallery/matcher.ts';

/**
 * A gallery of one: for somebody whom a card or a PIN says to be this person. The face is then compared with that
 * person's templates only, and the threshold follows from so few comparisons (1:1 verification, ISO/IEC 2382-37).
 */
export function galleryOfOne(gallery: Gallery, person: Person): Gallery {
  const { lineage, version, embedder } = gallery;
  return Gallery.from({ lineage, version, embedder, people: [person], erased: {} }, openPlainMatcher);
}
