import { emptyMemory, type Memory, remember } from '../access/rules/memory.ts';
import type { LimenEvent } from '../domain/event.ts';
import type { Journal } from '../journal/journal.ts';
import type { SealedFile } from '../runtime/sealed-file.ts';

const rowsAtOnce = 1000;

/**
 * Keeps {@link Memory} equal to the journal. The journal is what is durable; the file only spares reading all of it at
 * the next start, and outlives the rows that are pruned.
 */
export class MemoryKeeper {
  readonly #file: Pick<SealedFile, 'write'>;
  #memory: Memory;
  #savedSeq: number;

  private constructor(file: Pick<SealedFile, 'write'>, memory: Memory, savedSeq: number) {
    this.#file = file;
    this.#memory = memory;
    this.#savedSeq = savedSeq;
  }

  /**
   * What was kept, and what the journal has since.
   *
   * @throws LimenError `file.corrupt` when both generations are damaged: who is inside, and who is locked out, is then
   *   not known, and the administrator has to say so by removing them.
   */
  static async open(file: SealedFile, journal: Pick<Journal, 'after' | 'lastSeq'>): Promise<MemoryKeeper> {
    const found = await file.read((value) => ({ ...emptyMemory, ...(value as Memory) }));
    const kept = found?.value ?? emptyMemory;
    // A journal that begins anew counts from one again: what is remembered stays, and its new rows are not taken for old.
    let memory: Memory = { ...kept, lastSeq: Math.min(kept.lastSeq, journal.lastSeq) };
    const savedSeq = memory.lastSeq;
    for (let rows = journal.after(memory.lastSeq, rowsAtOnce); rows.length > 0; ) {
      for (const row of rows) memory = remember(memory, row);
      rows = journal.after(memory.lastSeq, rowsAtOnce);
    }
    return new MemoryKeeper(file, memory, savedSeq);
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** Take in a row that is in the journal now. */
  take(event: LimenEvent): void {
    this.#memory = remember(this.#memory, event);
  }

  /** Keep it for the next start. @throws LimenError `disk.full`, `file.unwritable`; nothing is lost by that. */
  async save(): Promise<void> {
    if (this.#memory.lastSeq === this.#savedSeq) return;
    const memory = this.#memory;
    await this.#file.write(memory);
    this.#savedSeq = memory.lastSeq;
  }
}
