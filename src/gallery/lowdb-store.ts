import { type Adapter, Low } from 'lowdb';
import type { LimenError } from '../domain/errors.ts';
import { forgetGeneration, readDurable, writeDurable } from '../runtime/durable-file.ts';
import { decodeGallery, encodeGallery, type GalleryDocument, openGallery, sealGallery } from './gallery-file.ts';
import type { GallerySnapshot, GalleryStore, StoredGallery } from './gallery-store.ts';

/**
 * Where lowdb reads and writes: our own, because lowdb's file adapters never fsync (after a power cut the file may be
 * empty) and take a file that does not parse for the caller's problem.
 */
class DurableAdapter implements Adapter<GalleryDocument> {
  /** Why the last read used the previous generation; `null` while the current file is sound. */
  fault: LimenError | null = null;
  /** The last read's snapshot: whether a document is sound is only known once it is decrypted. */
  snapshot: GallerySnapshot | null = null;
  /** The next write leaves no earlier generation. */
  forgetting = false;
  readonly #file: string;
  readonly #key: Buffer;

  constructor(file: string, key: Buffer) {
    this.#file = file;
    this.#key = key;
  }

  async read(): Promise<GalleryDocument | null> {
    const found = await readDurable(this.#file, (bytes) => {
      const document = decodeGallery(bytes, this.#file);
      return { document, snapshot: openGallery(document, this.#key, this.#file) };
    });
    this.fault = found?.fault ?? null;
    this.snapshot = found?.value.snapshot ?? null;
    return found?.value.document ?? null;
  }

  async write(document: GalleryDocument): Promise<void> {
    const text = encodeGallery(document);
    if (this.forgetting) {
      await forgetGeneration(this.#file);
      await writeDurable(this.#file, text, { keepPrevious: false });
    }
    // The second time, so that two generations are there again.
    await writeDurable(this.#file, text, { keepPrevious: this.forgetting || this.fault === null });
    this.fault = null;
  }
}

/** A gallery in a JSON file on lowdb: people readable, templates encrypted, two generations, checksum inside. */
export class LowdbGalleryStore implements GalleryStore {
  readonly #adapter: DurableAdapter;
  readonly #db: Low<GalleryDocument | null>;
  readonly #key: Buffer;
  #wasRead = false;
  #writing: Promise<void> = Promise.resolve();

  /** @param options.key 32 bytes, see `loadAtRestKey` */
  constructor(options: { readonly file: string; readonly key: Buffer }) {
    this.#adapter = new DurableAdapter(options.file, options.key);
    this.#db = new Low<GalleryDocument | null>(this.#adapter as Adapter<GalleryDocument | null>, null);
    this.#key = options.key;
  }

  async read(): Promise<StoredGallery | null> {
    await this.#db.read();
    this.#wasRead = true;
    const { snapshot, fault } = this.#adapter;
    this.#adapter.snapshot = null;
    if (snapshot === null) return null;
    return { snapshot, recoveredFrom: fault === null ? null : { code: fault.code, reason: fault.message } };
  }

  /** Writes one after the other, whoever calls. A store that was not read is read first: see `keepPrevious`. */
  async write(snapshot: GallerySnapshot, { forgetting = false }: { forgetting?: boolean } = {}): Promise<void> {
    const before = this.#writing;
    const write = before
      .catch(() => {})
      .then(async () => {
        if (!this.#wasRead) await this.read();
        this.#db.data = sealGallery(snapshot, this.#key);
        this.#adapter.forgetting = forgetting;
        await this.#db.write();
      });
    this.#writing = write;
    await write;
  }
}
