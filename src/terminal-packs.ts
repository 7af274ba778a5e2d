import { loadRecognition } from './compose.ts';
import type { RecognitionConfig } from './config/recognition-schema.ts';
import { embeddersOf } from './gallery/embedders.ts';
import type { GallerySnapshot } from './gallery/gallery-store.ts';

/** Which pack a terminal recognises by, while it may be changing to another. */
export interface PackChoice {
  readonly recognition: RecognitionConfig;
  /** Embedder of the pack that is waited for; `null` where none is, or it is in use already. */
  readonly awaited: string | null;
}

/**
 * The next pack where the stored gallery knows everybody by it, otherwise the one so far. The change is a start with other
 * networks on a gallery that is whole on the disk, so that there is no moment with half of either.
 *
 * @throws LimenError `pack.*` when the next pack is not here or not sound.
 */
export async function choosePack(
  recognition: RecognitionConfig,
  stored: Pick<GallerySnapshot, 'embedder' | 'embedders'> | null,
): Promise<PackChoice> {
  const { nextPack } = recognition;
  if (nextPack === undefined) return { recognition, awaited: null };
  const { pack } = await loadRecognition({ pack: nextPack });
  const isReady = stored !== null && embeddersOf(stored).includes(pack.embedder.id);
  if (!isReady) return { recognition, awaited: pack.embedder.id };
  // What was learned on top of the former embedder is of no use to this one.
  const { projection: _former, ...rest } = recognition;
  return { recognition: { ...rest, pack: nextPack }, awaited: null };
}
