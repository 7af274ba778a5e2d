import { type Adapter, Low } from 'lowdb';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { noTemplate, realTemplates } from '../domain/template.ts';
import { forgetGeneration, previousOf, readDurable, writeDurable } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import { areSorted, changesBetween } from './gallery-changes.ts';
import { type GalleryBase, GalleryChangesFile } from './gallery-changes-file.ts';
import { sealOf } from './gallery-document.ts';
import { decodeGallery, openGallery } from './gallery-file.ts';
import type { GallerySnapshot, GalleryStore, StoredGallery } from './gallery-store.ts';
import { SealedGallery } from './sealed-gallery.ts';

/** So many people may differ from the gallery file before it is written anew: then a change costs 0.4 MB at most. */
const mostChanges = 200;

/**
 * Where lowdb reads and writes: our own, because lowdb's file adapters never fsync (after a power cut the file may be
 * empty) and take a file that does not parse for the caller's problem.
 */
class DurableAdapter implements Adapter<GallerySnapshot> {
  /** Why the last read used the previous generation; `null` while the current file is sound. */
  fault: LimenError | null = null;
  /** Of what was read or written last. */
  seal = '';
  /** The next write leaves no earlier generation. */
  forgetting = false;
  readonly #file: string;
  readonly #key: Buffer;

  constructor(file: string, key: Buffer) {
    this.#file = file;
    this.#key = key;
  }

  async read(): Promise<GallerySnapshot | null> {
    const found = await readDurable(this.#file, (bytes) => {
      const document = decodeGallery(bytes, this.#file);
      const snapshot = openGallery(document, this.#key, this.#file);
      if (document.since === undefined) return { seal: sealOf(document.templates), snapshot };
      throw new LimenError('gallery.corrupt', `${this.#file} holds changes instead of a whole gallery.`);
    });
    this.fault = found?.fault ?? null;
    this.seal = found?.value.seal ?? '';
    return found?.value.snapshot ?? null;
  }

  /** Whether there is something to fall back to. */
  hasEarlierGeneration(): boolean {
    return isThere(previousOf(this.#file));
  }

  async write(snapshot: GallerySnapshot): Promise<void> {
    const sealed = new SealedGallery({ snapshot, key: this.#key });
    if (this.forgetting) {
      await forgetGeneration(this.#file);
      await writeDurable(this.#file, sealed, { keepPrevious: false });
    }
    // The second time, so that two generations are there again.
    await writeDurable(this.#file, sealed, { keepPrevious: this.forgetting || this.fault === null });
    this.fault = null;
    this.seal = sealed.seal;
  }
}

/**
 * A gallery in a JSON file on lowdb (people readable, templates encrypted, two generations, checksum inside) and a second
 * one for what has changed since.
 */
export class LowdbGalleryStore implements GalleryStore {
  readonly #adapter: DurableAdapter;
  readonly #db: Low<GallerySnapshot | null>;
  readonly #changes: GalleryChangesFile;
  /** What the gallery file holds, where changes can be added to it. */
  #base: GalleryBase | null = null;
  #wasRead = false;
  #writing: Promise<void> = Promise.resolve();

  /** @param options.key 32 bytes, see `loadAtRestKey` */
  constructor({ file, key }: { readonly file: string; readonly key: Buffer }) {
    this.#adapter = new DurableAdapter(file, key);
    this.#db = new Low<GallerySnapshot | null>(this.#adapter as Adapter<GallerySnapshot | null>, null);
    this.#changes = new GalleryChangesFile(`${file}.changes`, key);
  }

  async read(): Promise<StoredGallery | null> {
    const stored = await this.#read();
    // Another process may just have written the gallery anew, between the two files.
    return stored?.leftovers ? this.#read() : stored;
  }

  async #read(): Promise<StoredGallery | null> {
    await this.#db.read();
    this.#wasRead = true;
    const whole = this.#takeData();
    this.#base = null;
    if (whole === null) return null;
    const base = { seal: this.#adapter.seal, snapshot: whole };
    const { snapshot, fault: changesFault, isStray } = await this.#changes.read(base);
    const fault = this.#adapter.fault ?? changesFault;
    // Onto what is damaged nothing is added: it is written anew.
    if (fault === null && areSorted(base.snapshot.people)) this.#base = base;
    const recoveredFrom = fault && { code: fault.code, reason: fault.message };
    const known = withRealTemplates(snapshot);
    // An older limen took a face away without forgetting what it had of it.
    const leftovers = (isStray && fault === null) || known !== snapshot;
    return { snapshot: known, recoveredFrom, ...(leftovers && { leftovers }) };
  }

  /** Writes one after the other, whoever calls. A store that was not read is read first: see `keepPrevious`. */
  async write(snapshot: GallerySnapshot, { forgetting = false }: { forgetting?: boolean } = {}): Promise<void> {
    const before = this.#writing;
    const write = before
      .catch(() => {})
      .then(async () => {
        if (!this.#wasRead) await this.read();
        const base = forgetting ? null : this.#base;
        const changes = base && changesBetween(base.snapshot, snapshot, mostChanges);
        // A young terminal has no generation to fall back to before its gallery is written a second time.
        if (base && changes && this.#adapter.hasEarlierGeneration()) await this.#changes.write(base, changes);
        else await this.#writeWhole(snapshot, forgetting);
      });
    this.#writing = write;
    await write;
  }

  async #writeWhole(snapshot: GallerySnapshot, forgetting: boolean): Promise<void> {
    this.#db.data = snapshot;
    // What a write that fails leaves may be either: nothing is added to it.
    this.#base = null;
    this.#adapter.forgetting = forgetting;
    try {
      await this.#db.write();
    } finally {
      this.#takeData();
    }
    await this.#changes.remove();
    if (areSorted(snapshot.people)) this.#base = { seal: this.#adapter.seal, snapshot };
  }

  /** Or a gallery that is out of use would be kept in memory. */
  #takeData(): GallerySnapshot | null {
    const { data } = this.#db;
    this.#db.data = null;
    return data;
  }
}

/** Older limens keep the {@link noTemplate} of who has no face. The same object where there is nobody like that. */
function withRealTemplates(snapshot: GallerySnapshot): GallerySnapshot {
  const isOld = ({ templates }: Person) => templates.some(({ model }) => model === noTemplate.model);
  if (!snapshot.people.some(isOld)) return snapshot;
  const people = snapshot.people.map((person) =>
    isOld(person) ? { ...person, templates: realTemplates(person.templates) } : person,
  );
  return { ...snapshot, people };
}
