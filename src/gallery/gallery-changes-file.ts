import { isLimenError, LimenError } from '../domain/errors.ts';
import { readDurable, removeDurable, writeDurable } from '../runtime/durable-file.ts';
import { type GalleryChanges, withChanges } from './gallery-changes.ts';
import { decodeGallery, openGallery } from './gallery-file.ts';
import type { GallerySnapshot } from './gallery-store.ts';
import { SealedGallery } from './sealed-gallery.ts';

/** A gallery file, by its seal, and what is in it. */
export interface GalleryBase {
  readonly seal: string;
  readonly snapshot: GallerySnapshot;
}

/** What {@link GalleryChangesFile.read} found. */
export interface ChangedGallery {
  readonly snapshot: GallerySnapshot;
  /** Why the last changes could not be used. */
  readonly fault: LimenError | null;
  /** There is a file of changes, and it belongs to another gallery file. */
  readonly isStray: boolean;
}

/**
 * All that has changed since a gallery file was written, in a small file beside it: a change of one person must not
 * write everybody anew. It is replaced whole like the other, sealed like the other, and names the one file that it
 * belongs to: with any other it means nothing.
 */
export class GalleryChangesFile {
  readonly #file: string;
  readonly #key: Buffer;

  constructor(file: string, key: Buffer) {
    this.#file = file;
    this.#key = key;
  }

  /**
   * `base` with its changes. The changes before the last ones stand in for damaged ones, or `base` alone; `fault` tells.
   *
   * @throws LimenError `file.newer-version`, `file.unreadable`.
   */
  async read({ seal, snapshot }: GalleryBase): Promise<ChangedGallery> {
    const found = await readDurable(this.#file, (bytes) => this.#opened(bytes)).catch(unlessDamaged);
    if (found === null) return { snapshot, fault: null, isStray: false };
    if (found instanceof LimenError) return { snapshot, fault: found, isStray: false };
    const { value, fault } = found;
    if (value.base !== seal) return { snapshot, fault, isStray: true };
    return { snapshot: withChanges(snapshot, value), fault, isStray: false };
  }

  /** Durable when it resolves. @throws LimenError as `GalleryStore.write`; the file is then as it was. */
  async write({ seal: base }: GalleryBase, { part, gone }: GalleryChanges): Promise<void> {
    const since = { base, gone: [...gone] };
    await writeDurable(this.#file, new SealedGallery({ snapshot: part, key: this.#key, since }));
  }

  /** Leave nothing of it. @throws LimenError `file.unwritable`. */
  async remove(): Promise<void> {
    await removeDurable(this.#file);
  }

  #opened(bytes: Buffer): GalleryChanges & { readonly base: string } {
    const document = decodeGallery(bytes, this.#file);
    const part = openGallery(document, this.#key, this.#file);
    if (document.since === undefined) {
      throw new LimenError('gallery.corrupt', `${this.#file} holds a whole gallery instead of changes.`);
    }
    return { ...document.since, part };
  }
}

function unlessDamaged(error: unknown): LimenError {
  if (isLimenError(error) && error.code !== 'file.newer-version' && error.code !== 'file.unreadable') return error;
  throw error;
}
