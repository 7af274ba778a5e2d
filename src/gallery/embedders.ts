import type { GallerySnapshot } from './gallery-store.ts';

/** The embedders by which everybody in a gallery can be known. */
export function embeddersOf({
  embedder,
  embedders,
}: Pick<GallerySnapshot, 'embedder' | 'embedders'>): readonly string[] {
  return embedders ?? [embedder];
}

/** The gallery as a terminal with this embedder uses it; the others' templates are left where they are. */
export function seenBy(embedder: string, snapshot: GallerySnapshot): GallerySnapshot {
  return { ...snapshot, embedder };
}
