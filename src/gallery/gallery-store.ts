import type { Person } from '../domain/person.ts';

/** A gallery as it is kept on disk and handed around: plain data. */
export interface GallerySnapshot {
  /** Which hub's history this is; a new hub starts a new lineage. */
  readonly lineage: string;
  /** Counts up with every change on the hub. 0 is the empty gallery before the first sync. */
  readonly version: number;
  /** Whose templates are used where nothing else is said. */
  readonly embedder: string;
  /** Every embedder of which everybody has templates; left out where that is `embedder` alone. */
  readonly embedders?: readonly string[];
  readonly people: readonly Person[];
  /** Person id -> version of the tombstone, so that a late message cannot bring an erased person back. */
  readonly erased: Readonly<Record<string, number>>;
}

/** The gallery of a terminal that has never heard from its hub: version 0, nobody in it. */
export function emptySnapshot(embedder: string): GallerySnapshot {
  return { lineage: '', version: 0, embedder, people: [], erased: {} };
}

/** What became of a read: the snapshot, and whether an older generation had to stand in for a damaged file. */
export interface StoredGallery {
  readonly snapshot: GallerySnapshot;
  readonly recoveredFrom: { readonly code: string; readonly reason: string } | null;
  /**
   * Something of an earlier gallery lies beside it, as where an erasure was interrupted, or an older limen was told to
   * forget a face: its owner writes it once more, `forgetting`.
   */
  readonly leftovers?: boolean;
}

/** Where a terminal keeps its gallery. */
export interface GalleryStore {
  /**
   * `null` only when no gallery has ever been written here.
   *
   * @throws LimenError `gallery.corrupt` when neither the file nor the previous generation can be used, `key.invalid`
   *   when both were encrypted with another key, `file.newer-version` when a newer limen wrote it, `file.unreadable`:
   *   the daemon must stop, not carry on with an empty gallery.
   */
  read(): Promise<StoredGallery | null>;
  /**
   * Durable when it returns; the generation before is kept, unless `forgetting`: then nothing that an earlier one had is
   * left in any file.
   *
   * @throws LimenError `disk.full`, `file.unwritable`, or `gallery.message-invalid` for a person that could not be read
   *   back; the file on disk is then unchanged.
   */
  write(snapshot: GallerySnapshot, options?: { readonly forgetting?: boolean }): Promise<void>;
}
